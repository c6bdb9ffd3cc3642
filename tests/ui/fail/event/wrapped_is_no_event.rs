// A variant wraps an event.

use eventsourcing::prelude::*;

#[derive(Serialize, Deserialize)]
struct MoneyDeposited {}

#[derive(Event)]
enum AccountEvent {
    Deposited(MoneyDeposited),
}

fn main() {}
