// `#[stream(..)]` takes known keys.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(sate = Account)]
    account: AccountId,
    #[stream(lock)]
    other: AccountId,
}

fn main() {}
