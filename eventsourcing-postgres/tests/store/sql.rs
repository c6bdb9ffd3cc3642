//! SQL of users, through sqlx.

use std::any::Any;

use async_trait::async_trait;
use eventsourcing_core::store::sql::{SqlTable, WorkError};
use eventsourcing_postgres::{PgTx, sqlx};
use eventsourcing_testkit::conformance::RunSql;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// Runs the SQL of the suite.
pub(crate) struct OnPostgres;

#[async_trait]
impl RunSql for OnPostgres {
    async fn run(
        &self,
        tx: &mut (dyn Any + Send),
        statement: &'static str,
        table: SqlTable,
    ) -> Result<Vec<i64>, WorkError> {
        let tx: &mut PgTx = tx.downcast_mut().expect("a transaction of PostgreSQL");
        let statement = tx.sql(statement, [table, table]);
        Ok(sqlx::query_scalar(statement).fetch_all(&mut **tx).await?)
    }
}

/// Connections for it. None is made before it is needed.
pub(crate) fn pool(url: &str) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(4).connect_lazy(url);
    pool.expect("an address")
}
