// A stream key stands for one category.

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
#[stream_key(category = "entity")]
struct EntityId<T>(T);

fn main() {}
