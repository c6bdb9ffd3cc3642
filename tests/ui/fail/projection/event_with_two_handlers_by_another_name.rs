// An event has one handler, whatever it is called.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

use accounts::AccountEvent as Renamed;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}

    #[on(Renamed)]
    fn again(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
