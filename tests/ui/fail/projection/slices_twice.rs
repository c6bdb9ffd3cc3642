// There is one number of slices.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow, parallel_by = account, slices = 8, slices = 4)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
