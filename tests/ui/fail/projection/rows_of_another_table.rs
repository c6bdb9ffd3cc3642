// A handler edits the rows of its projection.
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

#[projection(name = "owners", version = 1, row = BalanceRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<OwnerRow>) {}
}

fn main() {}
