// What is only appended to has no state.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream(append, state = Account)]
    account: AccountId,
}

fn main() {}
