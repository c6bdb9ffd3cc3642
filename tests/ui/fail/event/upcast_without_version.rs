// An upcast leads to a version of the event.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(upcast(1 -> 2 = add_owner))]
    Opened { owner: String },
}

fn add_owner(payload: serde_json::Value) -> serde_json::Value {
    payload
}

fn main() {}
