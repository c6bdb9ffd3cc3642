// A state is folded from what is read.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(state = Account)]
struct Pay {
    #[stream(append)]
    account: AccountId,
}

fn main() {}
