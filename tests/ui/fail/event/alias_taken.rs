// Aliases are distinct from names and other aliases.

use eventsourcing::prelude::*;

#[derive(Event)]
#[event(prefix = "account")]
enum AccountEvent {
    #[event(alias = "account.Closed")]
    Opened { owner: String },
    #[event(alias("account.Ended", "account.Ended"))]
    Closed,
}

fn main() {}
