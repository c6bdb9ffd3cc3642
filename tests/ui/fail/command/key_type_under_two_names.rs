// A key type has one name in a command.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

type Other = AccountId;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(state = Account)]
    other: Other,
}

fn main() {}
