// A command without a state says what it emits.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream]
    account: AccountId,
}

fn main() {}
