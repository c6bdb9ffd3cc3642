// A command with several states says what it emits.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read, state = Rules)]
    rules: RulesId,
}

fn main() {}
