// With an enum, the events that it wraps are listed.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent, MoneyDeposited))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
