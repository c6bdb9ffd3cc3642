//! What comes out of accounts is noted, in SQL, unless there is trouble with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::postgres::sqlx::{self, Connection as _, PgConnection, PgPool, Row as _};
use eventsourcing::postgres::{PgTx, PostgresOptions, PostgresStore};
use eventsourcing::prelude::*;
use eventsourcing::projection::{LeasePolicy, ParkedEvent, ProjectionPolicy};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing::{Position, TenantId};
use postgres_server::Server;

use crate::bank::{AccountEvent, AccountId, Close, Move, Open, hasty, transfer};
use crate::ledger::Poison;

/// Amounts with which something goes wrong, until it is mended.
pub const REFUSED: i64 = 13;
pub const PANICKING: i64 = 14;
pub const SLOW: i64 = 15;
/// A statement fails, and the handler says nothing.
pub const SILENT: i64 = 16;
/// What a constraint finds when everything is committed.
pub const DEFERRED: i64 = 17;
/// The server ends the connection.
pub const CUT_OFF: i64 = 18;

#[derive(Default)]
pub struct Audit {
    pub trouble: Poison,
    /// How often a handler was called.
    pub calls: Arc<AtomicU32>,
}

#[projection(name = "audit", version = 1, tables("audit"))]
impl Audit {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> Result<(), sqlx::Error> {
        let table = tx.sql(
            "create table {} (n bigserial primary key, tenant text, account text, amount bigint, \
             once bigint unique deferrable initially deferred)",
            [Self::AUDIT],
        );
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(&self, from: &AccountId, amount: &i64, tx: &mut PgTx) -> Result<(), Trouble> {
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
    async fn cause_trouble(&self, amount: i64, tx: &mut PgTx) -> Result<(), Trouble> {
        match amount {
            PANICKING => panic!("no {amount}"),
            SLOW => {
                sqlx::query("select pg_sleep(60)").execute(&mut **tx).await?;
            }
            SILENT => drop(sqlx::query("select 1 / 0").execute(&mut **tx).await),
            DEFERRED => {
                let twice = tx.sql("insert into {} (once) values (1), (1)", [Self::AUDIT]);
                sqlx::query(twice).execute(&mut **tx).await?;
            }
            CUT_OFF => {
                self.trouble.mend(amount);
                let cut_off = sqlx::query("select pg_terminate_backend(pg_backend_pid())");
                cut_off.execute(&mut **tx).await?;
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

/// A server, connections for SQL on it, and the schema of a store.
pub struct Place {
    server: Arc<Server>,
    pub pool: PgPool,
    schema: String,
}

impl Place {
    pub async fn start() -> Self {
        let server = Arc::new(Server::start().unwrap());
        let pool = PgPool::connect(&server.url()).await.unwrap();
        let schema = "eventsourcing".to_owned();
        Self { server, pool, schema }
    }

    /// A store beside this one.
    pub fn beside(&self, schema: String) -> Self {
        Self {
            server: Arc::clone(&self.server),
            pool: self.pool.clone(),
            schema,
        }
    }

    /// As another process does.
    pub async fn open(&self) -> PostgresStore {
        let options = PostgresOptions::new(&self.server.url()).unwrap();
        let options = options.schema(&self.schema).unwrap();
        options.sql_pool(self.pool.clone()).connect().await.unwrap()
    }

    /// A connection that is nobody else's.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.server.url()).await.unwrap()
    }

    pub async fn open_without_sql(&self) -> PostgresStore {
        PostgresStore::connect(&self.server.url()).await.unwrap()
    }

    /// What people see under the plain name, by account, in the order in which it was noted.
    pub async fn noted(&self, account: &str) -> Vec<i64> {
        let noted = format!(
            "select amount from {}.audit where account = $1 order by n",
            self.schema
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(noted))
            .bind(account)
            .fetch_all(&self.pool)
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

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
    // Whoever is killed is soon taken for dead.
    let leases = LeasePolicy::default().with_ttl(Duration::from_millis(200));
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

pub async fn parked(auditing: &Runtime) -> Vec<ParkedEvent> {
    let all = 1_000.try_into().unwrap();
    let projections = auditing.projections();
    let parked = projections.parked(&TenantId::DEFAULT, "audit", None, all);
    parked.await.unwrap()
}
