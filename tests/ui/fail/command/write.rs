// A stream is written unless it says otherwise.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(write, state = Account)]
    account: AccountId,
}

fn main() {}
