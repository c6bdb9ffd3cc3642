// One state folds all streams, or each stream has its own.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(state = Account)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream]
    other: AccountId,
}

fn main() {}
