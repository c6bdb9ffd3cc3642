// A stream key is a newtype.

use eventsourcing::prelude::*;

#[derive(StreamKey)]
#[stream_key(category = "account")]
union AccountId {
    number: u32,
}

fn main() {}
