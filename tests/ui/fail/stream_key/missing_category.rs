// A stream key names a category.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
struct AccountId(String);

fn main() {}
