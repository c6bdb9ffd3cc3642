// An event is listed once.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Opened, AccountEvent::Withdrawn, AccountEvent::Opened))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
