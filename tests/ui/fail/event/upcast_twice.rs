// There is one upcast from each version.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 3, upcast(1 -> 2 = a, 2 -> 3 = b, 1 -> 3 = c))]
    Opened { owner: String },
}

fn main() {}
