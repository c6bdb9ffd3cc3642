// An event is an enum or a struct.

use eventsourcing::prelude::*;

#[derive(Event)]
union AccountEvent {
    number: u32,
}

fn main() {}
