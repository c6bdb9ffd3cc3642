// `emits` takes a list.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits = AccountEvent)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
