// With an enum, all its variants are listed.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Opened, AccountEvent))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
