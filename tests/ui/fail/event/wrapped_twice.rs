// Two variants do not wrap the same event.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct MoneyMoved {}

#[derive(Event)]
enum AccountEvent {
    Deposited(MoneyMoved),
    Withdrawn(MoneyMoved),
}

fn main() {}
