// A struct event is written and read by serde.

use eventsourcing::prelude::*;

#[derive(Event)]
struct MoneyDeposited {
    amount: u64,
}

fn main() {}
