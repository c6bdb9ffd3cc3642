// A parameter has the type of its field.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Moved)]
    fn moved(&self, amount: &u32, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
