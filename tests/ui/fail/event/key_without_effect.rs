// What is for own event types makes no sense where there are none.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct MoneyDeposited {}

#[derive(Event)]
#[event(prefix = "account", codec = eventsourcing::event::Json)]
enum AccountEvent {
    Deposited(MoneyDeposited),
}

fn main() {}
