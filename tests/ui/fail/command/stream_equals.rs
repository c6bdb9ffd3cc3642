// `#[stream]` is written with parentheses.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream = "account"]
    account: AccountId,
}

fn main() {}
