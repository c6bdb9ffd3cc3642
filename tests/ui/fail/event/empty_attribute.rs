// The attribute has keys.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event]
enum AccountEvent {
    #[event = "Opened"]
    Opened { owner: String },
    #[event("Closed")]
    Closed,
}

fn main() {}
