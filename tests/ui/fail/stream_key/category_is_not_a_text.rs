// A category is a text.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = account)]
struct AccountId(String);

fn main() {}
