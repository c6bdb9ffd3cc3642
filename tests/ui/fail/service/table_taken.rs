// A table is filled by one projection.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct OwnerRow {
    #[key]
    owner: String,
}

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<OwnerRow>) {
        rows.entry(owner);
    }
}

#[module(projections(Owners))]
struct Read;

#[service(commands(Open), projections(Balances), modules(Read))]
struct Bank;

fn main() {}
