// There is an upcast from every older version.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 3, upcast(1 -> 2 = add_owner))]
    Opened { owner: String },
}

fn add_owner(payload: serde_json::Value) -> serde_json::Value {
    payload
}

fn main() {}
