// A variant has named fields, or wraps one event.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(Event)]
enum AccountEvent {
    Opened(AccountId, String),
    Closed(),
}

fn main() {}
