// A category is lower case.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "Account")]
struct AccountId(String);

fn main() {}
