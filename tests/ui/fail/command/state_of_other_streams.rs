// A state is folded from streams of its key.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read, state = Account)]
    rules: RulesId,
}

fn main() {}
