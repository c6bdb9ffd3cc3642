// Attributes of serde are checked by serde.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[serde(renam = "by")]
        owner: String,
    },
}

fn main() {}
