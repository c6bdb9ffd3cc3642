// `state` names a type.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state)]
    account: AccountId,
}

fn main() {}
