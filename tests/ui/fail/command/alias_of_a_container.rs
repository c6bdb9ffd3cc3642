// A container of keys is written out.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

type Accounts = Vec<AccountId>;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream]
    accounts: Accounts,
}

fn main() {}
