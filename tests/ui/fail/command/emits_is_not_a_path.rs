// `emits(..)` lists paths.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits("account.Opened", AccountEvent::Withdrawn { .. }, AccountEvent::Deposited(_)))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
