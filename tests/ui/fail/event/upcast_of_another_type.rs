// The last upcast returns the event, or JSON.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 2, upcast(1 -> 2 = add_owner))]
    Opened { owner: String },
}

fn add_owner(old: String) -> String {
    old
}

fn main() {}
