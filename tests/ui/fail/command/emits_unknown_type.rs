// A listed type exists.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AcountEvent::Withdrawn, MoneyDeposted))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

fn main() {}
