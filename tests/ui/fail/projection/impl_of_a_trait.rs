// Handlers are methods of the projection itself.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

trait Handles {
    fn opened(&self, rows: &mut Rows<BalanceRow>);
}

struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Handles for Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
