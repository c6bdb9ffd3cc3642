// A table is one that the projection names.
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
    async fn create(&self, tx: &mut PgTx) {
        let table = tx.table(Self::ADUIT);
    }

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

fn main() {}
