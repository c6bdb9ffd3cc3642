// `state` names a state.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Balance;

#[derive(Command)]
struct Pay {
    #[stream(state = Balance)]
    account: AccountId,
}

fn main() {}
