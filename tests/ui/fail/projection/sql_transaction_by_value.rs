// The transaction is borrowed, to be changed.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;
use eventsourcing::sqlite::SqliteTx;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: PgTx) {}

    #[on(AccountEvent::Moved)]
    async fn transferred(&self, tx: &PgTx) {}
}

#[derive(Default)]
struct Register;

#[projection(name = "register", version = 1, tables("register"))]
impl Register {
    #[create]
    async fn create(&self, tx: &mut SqliteTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: SqliteTx) {}

    #[on(AccountEvent::Moved)]
    async fn transferred(&self, tx: &SqliteTx) {}
}

fn main() {}
