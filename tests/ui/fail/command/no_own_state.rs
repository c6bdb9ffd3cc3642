// `state` names a state.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Balance;

#[derive(Command)]
#[command(state = Balance)]
struct Pay {
    #[stream]
    account: AccountId,
}

fn main() {}
