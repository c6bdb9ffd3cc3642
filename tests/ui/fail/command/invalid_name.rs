// A command has a name that can be in a path.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(name = "pay now")]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
