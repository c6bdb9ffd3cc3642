// What is listed is an event.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
