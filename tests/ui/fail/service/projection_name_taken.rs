// The progress of a projection is stored under its name.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "owners")]
struct OwnerRow {
    #[key]
    owner: String,
}

#[derive(Default)]
struct Owners;

#[projection(name = "balances", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<OwnerRow>) {
        rows.entry(owner);
    }
}

#[service(commands(Open), projections(Balances, Owners))]
struct Bank;

fn main() {}
