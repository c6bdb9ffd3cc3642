// The dot after the prefix is added.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "account.")]
enum AccountEvent {
    Opened { owner: String },
}

fn main() {}
