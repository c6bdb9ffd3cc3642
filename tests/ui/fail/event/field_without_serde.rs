// The fields of an event are written and read by serde.

use eventsourcing::prelude::*;

struct Owner {
    name: String,
}

#[derive(Event)]
enum AccountEvent {
    Opened { owner: Owner },
}

fn main() {}
