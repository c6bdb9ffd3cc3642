// A name is the whole stored name.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(prefix = "money", name = "money.Deposited")]
struct MoneyDeposited {}

fn main() {}
