// What belongs to one event type stands on its variant.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(name = "account.Event", version = 2)]
enum AccountEvent {
    Opened { owner: String },
}

fn main() {}
