// A handler in SQL takes the transaction, and so does what makes the tables.
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
    async fn create(&self) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str) {}
}

fn main() {}
