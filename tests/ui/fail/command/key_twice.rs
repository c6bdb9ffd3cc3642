// A key is given once.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(name = "Pay", name = "Payment")]
struct Pay {
    #[stream(state = Account, state = Rules)]
    account: AccountId,
}

fn main() {}
