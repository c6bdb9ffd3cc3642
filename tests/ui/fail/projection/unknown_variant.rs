// A handler takes a variant that there is.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Opend)]
    fn opened(&self, rows: &mut Rows<BalanceRow>) {}
}

fn main() {}
