// `#[command]` says something.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
