// A stream key has one field.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
struct AccountId {
    bank: String,
    number: String,
}

fn main() {}
