// Keys that do not exist are refused.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(catgory = "account")]
struct AccountId(String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "order", color = "red")]
struct OrderId(String);

fn main() {}
