// What a projection keeps is in its rows.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&mut self, rows: &mut Rows<BalanceRow>) {}

    #[on(AccountEvent::Moved)]
    fn moved(self, rows: &mut Rows<BalanceRow>) {}

    #[on(AccountEvent::Closed)]
    fn closed(rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
