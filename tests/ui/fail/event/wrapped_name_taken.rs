// Stored names of wrapped events are distinct too.

use eventsourcing::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "money.Deposited", alias = "account.Opened")]
struct MoneyDeposited {}

#[derive(Event)]
#[event(prefix = "account")]
enum AccountEvent {
    Deposited(MoneyDeposited),
    Opened { owner: String },
}

fn main() {}
