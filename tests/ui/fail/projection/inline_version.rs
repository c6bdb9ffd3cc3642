// An event that is pending has no version and no position.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;
use eventsourcing::projection::Pending;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"), inline)]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, event: &Pending<AccountEvent>, tx: &mut PgTx) {
        let place = (event.version(), event.position());
    }
}

fn main() {}
