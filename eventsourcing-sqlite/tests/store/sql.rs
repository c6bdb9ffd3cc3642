//! SQL of users, through sqlx, in a program that has the file open through rusqlite.

use std::any::Any;
use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::Position;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::EventStore;
use eventsourcing_core::store::rows::TableName;
use eventsourcing_core::store::sql::{SqlError, SqlPreparation, SqlTable, SqlWork, WorkError};
use eventsourcing_sqlite::{SqliteTx, sqlx};
use eventsourcing_testkit::conformance::RunSql;
use eventsourcing_testkit::fixture::rows::{balances, preparation};
use eventsourcing_testkit::fixture::{append, event};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::folder::Folder;

/// Runs the SQL of the suite.
pub(crate) struct OnSqlite;

#[async_trait]
impl RunSql for OnSqlite {
    async fn run(
        &self,
        tx: &mut (dyn Any + Send),
        statement: &'static str,
        table: SqlTable,
    ) -> Result<Vec<i64>, WorkError> {
        let tx: &mut SqliteTx = tx.downcast_mut().expect("a transaction of SQLite");
        let statement = tx.sql(statement, [table, table]);
        Ok(sqlx::query_scalar(statement).fetch_all(&mut **tx).await?)
    }
}

#[tokio::test]
async fn both_drivers_are_on_one_sqlite_and_one_write_ahead_log() {
    let folder = Folder::new();
    let _store = folder.open().await;
    let options = SqliteConnectOptions::new().filename(folder.file());
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let version: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(version, rusqlite::version());
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
    sqlx::raw_sql("create table notes (n integer); insert into notes values (1)")
        .execute(&mut connection)
        .await
        .unwrap();
    let found: i64 = folder
        .connect()
        .query_row("select n from notes", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, 1);
}

/// Runs a statement without an end, and is tired of it soon.
struct Endless;

#[async_trait]
impl SqlWork for Endless {
    fn limit(&self) -> Duration {
        Duration::from_millis(20)
    }

    async fn run(&mut self, tx: &mut (dyn Any + Send), _: &HashSet<Position>) -> Result<(), WorkError> {
        let tx: &mut SqliteTx = tx.downcast_mut().expect("a transaction of SQLite");
        let endless =
            "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
        let endless = sqlx::query(endless).execute(&mut **tx);
        tokio::time::timeout(self.limit(), endless).await??;
        Ok(())
    }
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_any_more_holds_nobody_up() {
    let folder = Folder::new();
    let store = folder.open().await;
    let tenant = store.tenant(&TenantId::DEFAULT);
    tenant
        .rows
        .prepare(&preparation("balances", 1, &[]))
        .await
        .unwrap();
    let endless = SqlPreparation {
        projection: balances(1).projection,
        tables: vec![TableName::from_static("endless")],
    };
    let sql = tenant.rows.sql().unwrap();
    for _ in 0..3 {
        let made = sql.make(&endless, &mut Endless).await;
        assert!(matches!(made, Err(SqlError::Work(_))), "{made:?}");
        tenant
            .log
            .append(append([event("a.Happened", "a-1")]).into())
            .await
            .unwrap();
    }
    store.close().await;
}
