// A stream key can be cloned, compared and hashed.

use eventsourcing::prelude::*;

#[derive(StreamKey)]
#[stream_key(category = "account")]
struct AccountId(String);

fn main() {}
