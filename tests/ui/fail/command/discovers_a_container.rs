// `discovers` takes the type of one key.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(fees: Vec<AccountId>, state = Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
