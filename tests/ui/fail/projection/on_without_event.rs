// A handler says what it handles.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}

    #[on("AccountEvent::Closed")]
    fn closed(&self, rows: &mut Rows<BalanceRow>) {}

    #[on(AccountEvent::Moved, key = account)]
    fn moved(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
