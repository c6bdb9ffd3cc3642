//! What comes out of accounts is noted, in SQL, unless there is trouble with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use eventsourcing::environment::Environment;
use eventsourcing::prelude::*;
use eventsourcing::projection::{LeasePolicy, ParkedEvent, ProjectionPolicy};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing::{Position, TenantId};

use super::database::{self, Place, Tx, sqlx};
use crate::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, transfer};
use crate::ledger::Poison;

/// Amounts with which something goes wrong, until it is mended.
pub const REFUSED: i64 = 13;
pub const PANICKING: i64 = 14;
pub const SLOW: i64 = 15;
/// A statement leaves nothing to be committed, and the handler says nothing.
pub const SILENT: i64 = 16;
/// What a constraint finds when everything is committed.
pub const DEFERRED: i64 = 17;
/// The database fails.
pub const OUTAGE: i64 = 18;

#[derive(Default)]
pub struct Audit {
    pub trouble: Poison,
    /// How often a handler was called.
    pub calls: Arc<AtomicU32>,
}

#[projection(name = "audit", version = 1, tables("audit"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let table = tx.sql(
            concat!(
                "create table {} (n ",
                serial!(),
                ", tenant text, account text, amount bigint, \
                 of_line bigint references {} (n) deferrable initially deferred)"
            ),
            [Self::AUDIT, Self::AUDIT],
        );
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, from: &AccountId, amount: &i64, tx: &mut Tx) -> Result<(), Trouble> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let insert = tx.sql(
            "insert into {} (tenant, account, amount) values ($1, $2, $3)",
            [Self::AUDIT],
        );
        let noted = sqlx::query(insert)
            .bind(tx.tenant().as_str().to_owned())
            .bind(&from.0)
            .bind(amount);
        noted.execute(&mut **tx).await?;
        if self.trouble.holds(*amount) {
            self.cause_trouble(*amount, tx).await?;
        }
        Ok(())
    }

    #[expect(clippy::panic, reason = "that is the trouble with it")]
    async fn cause_trouble(&self, amount: i64, tx: &mut Tx) -> Result<(), Trouble> {
        match amount {
            PANICKING => panic!("no {amount}"),
            SLOW => {
                sqlx::query(database::SLOW).execute(&mut **tx).await?;
            }
            SILENT => drop(sqlx::query(database::FATAL).execute(&mut **tx).await),
            DEFERRED => {
                let of_none = tx.sql("insert into {} (of_line) values (1000000)", [Self::AUDIT]);
                sqlx::query(of_none).execute(&mut **tx).await?;
            }
            OUTAGE => {
                self.trouble.mend(amount);
                database::fail(tx, Self::AUDIT).await?;
            }
            _ => return Err(Trouble::Refused(amount)),
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0} cannot be noted")]
    Refused(i64),
    #[error("the database says no")]
    Sql(#[from] sqlx::Error),
}

#[service(commands(Open, Move, Close), projections(Audit))]
pub struct Auditing;

pub async fn start(store: &(impl EventStore + Clone), trouble: &Poison) -> Runtime {
    let audit = Audit {
        trouble: trouble.clone(),
        ..Audit::default()
    };
    try_to_start(store, audit, hasty(), Environment::default())
        .await
        .unwrap()
}

/// Starts the audit, unless the store fails.
pub async fn try_to_start(
    store: &(impl EventStore + Clone),
    audit: Audit,
    policy: ProjectionPolicy,
    environment: Environment,
) -> Option<Runtime> {
    let leases = LeasePolicy::default().with_ttl(database::LEASE);
    let builder = Auditing::builder(store.clone()).environment(environment);
    let builder = builder.projection_policy(policy).lease_policy(leases);
    builder.projection(audit).start().await.ok()
}

/// Moves amounts out of accounts, one after the other. Says where the last one is.
pub async fn pay(auditing: &Runtime, payments: &[(&str, i64)]) -> Position {
    let mut last = Position::START;
    for (from, amount) in payments {
        last = transfer(auditing, from, "shop", *amount).await;
    }
    last
}

/// What people see under the plain name, by account, in the order in which it was noted.
pub async fn noted(place: &Place, account: &str) -> Vec<i64> {
    let noted = "select amount from {}audit where account = $1 order by n";
    place.ask(noted, account).await.unwrap()
}

pub async fn parked(auditing: &Runtime) -> Vec<ParkedEvent> {
    let all = 1_000.try_into().unwrap();
    let projections = auditing.projections();
    let parked = projections.parked(&TenantId::DEFAULT, "audit", None, all);
    parked.await.unwrap()
}
