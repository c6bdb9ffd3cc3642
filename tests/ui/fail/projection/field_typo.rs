// A parameter is a field of the variant.
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
    fn opened(&self, ownr: &str, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
