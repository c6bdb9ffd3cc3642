// What is inline sees events before they have a version and a position.
#![allow(unused_imports, unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::postgres::PgTx;
use eventsourcing::prelude::*;

#[derive(Default)]
struct Audit;

#[projection(name = "audit", version = 1, tables("audit"), inline)]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) {}

    #[on(AccountEvent::Opened)]
    async fn opened(&self, event: &Recorded<AccountEvent>, tx: &mut PgTx) {}
}

fn main() {}
