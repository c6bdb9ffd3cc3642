// Rows are not edited inline.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow, inline)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
