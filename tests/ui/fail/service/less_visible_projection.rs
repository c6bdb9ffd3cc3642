// A projection is at least as visible as what lists it.

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<OwnerRow>) {
        rows.entry("nobody");
    }
}

#[derive(Row)]
#[row(table = "owners")]
struct OwnerRow {
    #[key]
    owner: String,
}

#[service(commands(Open), projections(Owners))]
pub struct Bank;

#[module(projections(Owners))]
pub struct Census;

#[service(commands(Open), projections(Owners))]
struct PrivateBank;

fn main() {}
