// A handler in SQL is awaited, and so is what makes the tables.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"))]
impl Audit {
    #[create]
    fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

fn main() {}
