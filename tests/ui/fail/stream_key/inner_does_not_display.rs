// What is inside displays and parses.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
struct AccountId(Vec<u8>);

fn main() {}
