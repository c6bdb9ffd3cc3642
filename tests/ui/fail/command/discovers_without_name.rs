// `discovers` says how the streams are called.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(AccountId, state = Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
