use std::any::Any;
use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing_core::Position;
use eventsourcing_core::store::rows::{
    Place, PrepareError, RowsRead, TableName, TableRefused, WriteRows, WriteRowsError,
};
use eventsourcing_core::store::sql::{SqlError, SqlPreparation, SqlStore, SqlTable, SqlWork, WorkError};
use tokio::sync::Notify;

use super::ledger::Ledger;
use super::{RunSql, Subject};
use crate::fixture::rows::{balances, row, version};

pub(super) const LINES: TableName = TableName::from_static("lines");

pub(super) const CREATE: &str =
    "create table {} (n bigint primary key, of_line bigint references {} (n) deferrable initially deferred)";
pub(super) const NOTE_1: &str = "insert into {} (n) values (1)";
pub(super) const NOTE_2: &str = "insert into {} (n) values (2)";
/// Notes the next number, and finds it.
pub(super) const NOTE_NEXT: &str = "insert into {} (n) select coalesce(max(n), 0) + 1 from {} returning n";
pub(super) const ALL: &str = "select n from {} order by n";

/// Statements, and what becomes of them.
pub(super) struct Work {
    pub(super) sql: Arc<dyn RunSql>,
    pub(super) statements: Vec<&'static str>,
    pub(super) then: Then,
    pub(super) runs: u32,
    pub(super) found: Vec<i64>,
}

/// How the work ends.
pub(super) enum Then {
    Done,
    Fails,
    /// It never does.
    Waits(Arc<Notify>),
}

#[derive(Debug, thiserror::Error)]
#[error("on purpose")]
pub(super) struct OnPurpose;

#[async_trait]
impl SqlWork for Work {
    fn limit(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&mut self, tx: &mut (dyn Any + Send), _: &HashSet<Position>) -> Result<(), WorkError> {
        self.runs += 1;
        let table = SqlTable {
            name: LINES,
            version: version(1),
        };
        for statement in &self.statements {
            self.found = self.sql.run(tx, statement, table).await?;
        }
        match &self.then {
            Then::Done => Ok(()),
            Then::Fails => Err(OnPurpose.into()),
            Then::Waits(is_there) => {
                is_there.notify_one();
                pending().await
            }
        }
    }
}

/// A ledger of rows, and of lines in SQL.
pub(super) struct Lines {
    pub(super) ledger: Ledger,
    pub(super) store: Arc<dyn SqlStore>,
    pub(super) sql: Arc<dyn RunSql>,
}

impl Lines {
    /// With its table made, if the store has SQL.
    pub(super) async fn made(store: &Subject) -> Option<Self> {
        let lines = Self::new(store).await?;
        lines.make(&mut lines.work([CREATE])).await;
        Some(lines)
    }

    /// With nothing made but the rows, if the store has SQL.
    pub(super) async fn new(store: &Subject) -> Option<Self> {
        let sql = store.sql()?;
        let ledger = Ledger::prepared(store).await;
        let store = ledger.rows.sql()?;
        Some(Self { ledger, store, sql })
    }

    pub(super) fn work(&self, statements: impl IntoIterator<Item = &'static str>) -> Work {
        Work {
            sql: Arc::clone(&self.sql),
            statements: statements.into_iter().collect(),
            then: Then::Done,
            runs: 0,
            found: Vec::new(),
        }
    }

    pub(super) async fn make(&self, work: &mut Work) {
        let made = self.store.make(&of_balances(&[LINES]), work).await;
        made.expect("the tables should be made");
    }

    /// Makes tables, which has to fail.
    pub(super) async fn why_not(&self, preparation: &SqlPreparation, work: &mut Work) -> TableRefused {
        match self.store.make(preparation, work).await {
            Err(SqlError::Store(PrepareError::Table { refused, .. })) => refused,
            other => panic!("the table should be refused, instead of {other:?}"),
        }
    }

    /// A write of one row from where the reader is.
    pub(super) async fn to_write(&self) -> WriteRows {
        self.ledger.change(vec![row("1", "alice", 1)], vec![]).await
    }

    pub(super) async fn write(
        &self,
        write: &WriteRows,
        work: &mut Work,
    ) -> Result<Place, SqlError<WriteRowsError>> {
        self.store.write(write, work).await
    }

    /// Writes, which has to fail, and to leave everything as it is.
    pub(super) async fn refused(&self, write: &WriteRows, work: &mut Work) -> SqlError<WriteRowsError> {
        let before = self.everything().await;
        let refused = self.write(write, work).await;
        assert_eq!(self.everything().await, before, "nothing was done");
        refused.expect_err("the write should fail")
    }

    /// All rows, where their reader is, and all lines.
    pub(super) async fn everything(&self) -> (RowsRead, Vec<i64>) {
        (self.ledger.everything().await, self.lines().await)
    }

    /// All lines. Work that fails gives them, so nothing comes of it.
    pub(super) async fn lines(&self) -> Vec<i64> {
        let mut work = self.work([ALL]);
        work.then = Then::Fails;
        let looked = self.write(&self.to_write().await, &mut work).await;
        assert!(matches!(looked, Err(SqlError::Work(_))), "{looked:?}");
        work.found
    }
}

/// Tables of the projection of balances.
pub(super) fn of_balances(tables: &[TableName]) -> SqlPreparation {
    SqlPreparation {
        projection: balances(1).projection,
        tables: tables.to_vec(),
    }
}
