// A stream key is a newtype.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "account")]
enum AccountId {
    Private(String),
    Business(String),
}

fn main() {}
