// A field is marked once.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    #[stream(read)]
    account: AccountId,
}

fn main() {}
