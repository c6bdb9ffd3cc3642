// A codec implements `Codec`.

use eventsourcing::prelude::*;

struct Binary;

#[derive(Event)]
#[event(codec = Binary)]
enum AccountEvent {
    Opened { owner: String },
    Closed,
}

fn main() {}
