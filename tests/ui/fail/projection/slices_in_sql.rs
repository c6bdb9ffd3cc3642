// Nobody can tell which rows SQL touches.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"), parallel_by = account, slices = 4)]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, tx: &mut PgTx) {}
}

fn main() {}
