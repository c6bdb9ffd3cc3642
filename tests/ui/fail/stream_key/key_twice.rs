// Each key is given once.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account", category = "user")]
struct AccountId(String);

fn main() {}
