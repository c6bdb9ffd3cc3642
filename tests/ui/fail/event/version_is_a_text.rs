// A version is a number.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = "2")]
    Opened { owner: String },
    #[event(version = 99999999999)]
    Closed,
}

fn main() {}
