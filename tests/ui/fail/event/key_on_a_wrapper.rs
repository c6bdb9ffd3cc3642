// A variant that wraps an event has no name and no version of its own.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct MoneyDeposited {}

#[derive(Event)]
enum AccountEvent {
    #[event(name = "account.Deposited", version = 2)]
    Deposited(MoneyDeposited),
}

fn main() {}
