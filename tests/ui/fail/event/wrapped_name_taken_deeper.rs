// Stored names of wrapped events are distinct too, however deep they lie.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct MoneyDeposited {}

#[derive(Event)]
enum Business {
    Deposited(MoneyDeposited),
}

#[derive(Event)]
enum Private {
    Deposited(MoneyDeposited),
}

#[derive(Event)]
enum AnyAccount {
    Business(Business),
    Private(Private),
    Closed,
}

fn main() {}
