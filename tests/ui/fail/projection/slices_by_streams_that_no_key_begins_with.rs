// With slices and without `parallel_by`, the key of a row begins with the key of a stream.
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
    accounts: u32,
}

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = OwnerRow, slices = 8)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<OwnerRow>) {}

    #[on(AccountEvent::Closed)]
    fn closed(&self, rows: &mut Rows<OwnerRow>) {}
}

fn main() {}
