// A struct event has named fields.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event, Serialize, Deserialize)]
struct Opened(AccountId);

#[derive(Event, Serialize, Deserialize)]
struct Closed;

fn main() {}
