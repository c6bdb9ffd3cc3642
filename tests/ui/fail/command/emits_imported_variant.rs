// A variant is listed by the path through its enum.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

use AccountEvent::Withdrawn;

#[derive(Command)]
#[command(emits(Withdrawn))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
