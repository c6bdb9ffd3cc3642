// Each event of a handler has its fields.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on([AccountEvent::Opened, AccountEvent::Closed])]
    fn changed(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
