// Names are plain ASCII.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(name = "account opened")]
    Opened { owner: String },
    #[event(alias = "1st")]
    Closed,
}

fn main() {}
