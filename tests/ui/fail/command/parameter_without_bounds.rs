// A command can be sent to another thread.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay<T> {
    #[stream(state = Account)]
    account: AccountId,
    memo: T,
}

fn main() {}
