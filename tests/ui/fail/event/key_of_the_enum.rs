// What is for all variants stands on the enum.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(prefix = "account")]
    Opened { owner: String },
}

fn main() {}
