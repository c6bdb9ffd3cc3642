// `#[command(..)]` takes known keys.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emit(AccountEvent), retries = 3)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
