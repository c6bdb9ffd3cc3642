// Functions of serde shape fields, not variants.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[serde(serialize_with = "shout", rename_all = "camelCase")]
    Opened { owner_name: String },
}

fn main() {}
