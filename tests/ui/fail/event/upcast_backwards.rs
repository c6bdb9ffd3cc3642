// An upcast leads forwards.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 2, upcast(2 -> 1 = same))]
    Opened { owner: String },
}

fn main() {}
