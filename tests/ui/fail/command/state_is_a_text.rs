// `state` names a type.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(state = "Account")]
struct Pay {
    #[stream]
    account: AccountId,
}

fn main() {}
