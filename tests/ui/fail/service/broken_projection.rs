// A mistake in a projection is told once.
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
    fn opened(&self, owner: String, rows: &mut Rows<BalanceRow>) {}
}

#[service(commands(Open), projections(Owners, Balances))]
struct Bank;

fn test(store: eventsourcing::memory::MemoryStore) {
    let _ = Bank::builder(store).start();
}

fn main() {}
