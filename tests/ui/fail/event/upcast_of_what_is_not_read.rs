// An upcast takes something that deserializes.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 2, upcast(1 -> 2 = add_owner))]
    Opened { owner: String },
}

struct OpenedV1 {}

fn add_owner(_: OpenedV1) -> AccountEvent {
    AccountEvent::Opened { owner: String::new() }
}

fn main() {}
