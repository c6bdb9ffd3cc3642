// A command has a decision.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn pay(executor: &Executor, pay: Pay) {
    drop(executor.execute(pay));
}

fn main() {}
