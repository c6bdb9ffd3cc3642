// Versions start at 1.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 0)]
    Opened { owner: String },
}

fn main() {}
