// With slices, the key of a row begins with the field that tells them apart.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow, parallel_by = owner, slices = 8)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
