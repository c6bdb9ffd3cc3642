// Stored names are distinct.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "account")]
enum AccountEvent {
    Opened { owner: String },
    #[event(name = "account.Opened")]
    Closed,
}

fn main() {}
