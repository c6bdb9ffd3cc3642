// `state` names a type that exists.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Acount)]
    account: AccountId,
}

fn main() {}
