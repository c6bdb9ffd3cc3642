// A `#[stream]` field is a stream key.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    Opened {
        #[stream]
        account: String,
    },
}

fn main() {}
