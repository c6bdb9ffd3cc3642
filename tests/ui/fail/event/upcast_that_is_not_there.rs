// An upcast is a function.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 2, upcast(1 -> 2 = add_owner))]
    Opened { owner: String },
}

fn main() {}
