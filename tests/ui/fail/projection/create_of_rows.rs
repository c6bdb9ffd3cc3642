// The table of rows is made by the store.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[create]
    fn create(&self, rows: &mut Rows<BalanceRow>) {}

    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
