// A command that discovers says which streams.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(fees: AccountId, state = Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
