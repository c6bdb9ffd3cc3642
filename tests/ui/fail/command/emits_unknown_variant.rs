// A listed variant exists.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Withdrwn))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
