// A projection is stored under one name.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

struct Owners<T>(T);

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl<T> Owners<T> {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
