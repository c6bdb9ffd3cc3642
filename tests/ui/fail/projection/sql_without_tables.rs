// A projection in SQL names its tables.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;
use eventsourcing::sqlite::SqliteTx;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1)]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

#[derive(Default)]
struct Register;

#[projection(name = "register", version = 1)]
impl Register {
    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut SqliteTx) {}
}

fn main() {}
