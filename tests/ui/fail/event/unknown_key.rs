// Keys that do not exist are refused.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefx = "account")]
enum AccountEvent {
    #[event(verison = 2)]
    Opened { owner: String },
    #[event(color = "red")]
    Closed,
}

fn main() {}
