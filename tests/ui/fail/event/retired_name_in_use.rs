// A retired name is not in use.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "account", retired("account.Closed"))]
enum AccountEvent {
    Opened { owner: String },
    Closed,
}

fn main() {}
