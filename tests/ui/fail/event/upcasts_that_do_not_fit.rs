// An upcast takes what the one before returns.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 3, upcast(1 -> 2 = add_owner, 2 -> 3 = split_name))]
    Opened { first: String, last: String },
}

#[derive(Deserialize)]
struct OpenedV2 {
    owner: String,
}

fn add_owner(payload: serde_json::Value) -> serde_json::Value {
    payload
}

fn split_name(old: OpenedV2) -> AccountEvent {
    AccountEvent::Opened { first: old.owner, last: String::new() }
}

fn main() {}
