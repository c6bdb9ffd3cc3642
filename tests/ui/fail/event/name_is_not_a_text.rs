// A name is a text.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(name = Opened)]
    Opened { owner: String },
    #[event(name)]
    Closed,
}

fn main() {}
