// A command owns what it holds.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay<'a> {
    #[stream(state = Account)]
    account: AccountId,
    memo: &'a str,
}

fn main() {}
