// `discovers(..)` takes known keys.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(fees: AccountId, states = Account))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
