// A stream is read, or only appended to.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream(read, append)]
    account: AccountId,
}

fn main() {}
