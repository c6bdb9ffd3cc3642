// An upcast reads `from -> to = function`.

use eventsourcing::prelude::*;

#[derive(Event)]
enum AccountEvent {
    #[event(version = 2, upcast(1 = add_owner))]
    Opened { owner: String },
    #[event(version = 2, upcast = add_owner)]
    Closed { by: String },
}

fn main() {}
