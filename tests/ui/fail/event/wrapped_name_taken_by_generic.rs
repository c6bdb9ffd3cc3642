// Stored names of wrapped events are distinct too; in a generic event, where it is used.

use eventsourcing::EventTypes;
use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct Added {}

#[derive(Event)]
enum Note<T> {
    Wrapped(Added),
    Added { text: T },
}

const TYPES: EventTypes = Note::<String>::TYPES;

fn main() {}
