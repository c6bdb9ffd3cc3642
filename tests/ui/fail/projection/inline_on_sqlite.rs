// A projection is inline on a database in whose transactions events are appended.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;
use eventsourcing::projection::Pending;
use eventsourcing::sqlite::SqliteTx;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"), inline)]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut SqliteTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, event: &Pending<AccountEvent>, tx: &mut SqliteTx) {}
}

fn main() {}
