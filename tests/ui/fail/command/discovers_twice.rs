// What is discovered has a name of its own.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(discovers(fees: AccountId, state = Account), discovers(fees: RulesId, read))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
