// A field holds keys in one container.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: Option<Vec<AccountId>>,
}

fn main() {}
