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

async fn pay(executor: &Executor, pay: Pay) {
    let _ = executor.execute(pay).await;
}

fn main() {}
