// A variant is listed by itself only if its enum is concrete.

use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug)]
enum TagEvent<K: StreamKey> {
    Added { #[stream] key: K },
}

#[derive(Command)]
#[command(emits(TagEvent<K>::Added))]
struct Tag<K: StreamKey> {
    #[stream]
    key: K,
}

fn main() {}
