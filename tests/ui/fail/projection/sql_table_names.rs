// The names of tables can be names in a database, and each is one table.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("Audit", "events", "lines_v2", "lines", "lines", "lines_parked", "a234567890123456789012345678901234"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

fn main() {}
