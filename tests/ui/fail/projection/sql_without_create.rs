// A projection in SQL makes its tables.
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
    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

fn main() {}
