// A stream is named by a key.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream]
    account: String,
    #[stream(append)]
    other: Vec<u64>,
}

fn main() {}
