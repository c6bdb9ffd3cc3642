//! SQL of users, in transactions of sqlx on the file of the store. The statements of the store that belong into them are the same as
//! elsewhere.
//!
//! One connection is enough: whoever is to run a transaction waits for the turn to write first, and then finds the connection idle.

mod connection;
mod driver;
mod fault;
mod lent;
mod make;
mod reader;
mod tx;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{Place, PrepareError, WriteRows, WriteRowsError};
use eventsourcing_core::store::sql::{SqlError, SqlPreparation, SqlStore, SqlTx, SqlWork};
use eventsourcing_core::{Limits, TenantId};

use crate::database::Database;
use fault::{Blamed, Ended, nothing_done};
use lent::Lent;

pub(crate) use connection::SqlConnection;
pub use tx::{Sql, SqliteTx, TableRef};

/// The transactions of one tenant.
pub(crate) struct SqliteSql {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteSql {
    pub(crate) fn new(database: &Arc<Database>, tenant: &TenantId) -> Self {
        Self {
            database: Arc::clone(database),
            tenant: tenant.clone(),
        }
    }

    /// Begins a transaction in which nobody else writes, in this process or another.
    async fn begin(&self) -> Result<SqliteTx, StoreError> {
        let Database { writer, sql, .. } = &*self.database;
        let turn = writer.turn().await?;
        let lent = Lent::begin(sql, turn, self.database.busy_timeout).await;
        Ok(SqliteTx::new(lent.map_err(nothing_done)?, &self.tenant))
    }

    /// Runs the work. If it fails, what it has done is undone before anybody hears of it.
    async fn run<E>(&self, mut tx: SqliteTx, work: &mut dyn SqlWork) -> Result<SqliteTx, SqlError<E>>
    where
        E: From<StoreError>,
    {
        let done = match work.run(&mut tx, &HashSet::new()).await {
            Ok(()) if tx.lent.has_ended() => Err(Ended.into()),
            done => done,
        };
        match done {
            Ok(()) => Ok(tx),
            Err(error) => {
                tx.lent.roll_back().await;
                Err(Blamed::of(error).told())
            }
        }
    }
}

#[async_trait]
impl SqlStore for SqliteSql {
    fn database(&self) -> &'static str {
        SqliteTx::DATABASE
    }

    fn is_only_writer(&self) -> bool {
        true
    }

    async fn make(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        self.make_tables(preparation, work).await
    }

    /// Whoever is refused is so before the work is done: nobody can come in between, since nobody else writes.
    async fn write(
        &self,
        write: &WriteRows,
        work: &mut dyn SqlWork,
    ) -> Result<Place, SqlError<WriteRowsError>> {
        let refused = |error| SqlError::Store(WriteRowsError::Invalid(error));
        Limits::DEFAULT.check_rows(write).map_err(refused)?;
        let tx = self.begin().await;
        let mut tx = tx.map_err(|error| SqlError::Store(error.into()))?;
        let checked = tx.check(write, self.database.identity).await;
        if let Err(error) = checked.map_err(|error| SqlError::Store(error.into()))? {
            tx.lent.roll_back().await;
            return Err(SqlError::Store(error));
        }
        let mut tx = self.run(tx, work).await?;
        let moved = tx.move_reader(write).await;
        moved.map_err(|error| SqlError::Store(nothing_done(error).into()))?;
        match tx.lent.commit().await {
            Ok(()) => Ok(write.lands_at()),
            Err(error) => Err(Blamed::of_commit(error).told_of_write()),
        }
    }
}

impl fmt::Debug for SqliteSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteSql")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
