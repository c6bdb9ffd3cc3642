// Each key is given once.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "account", prefix = "user")]
enum AccountEvent {
    #[event(name = "a")]
    #[event(name = "b")]
    Opened { owner: String },
}

fn main() {}
