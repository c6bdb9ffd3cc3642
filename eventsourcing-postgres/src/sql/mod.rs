//! SQL of users, in transactions of sqlx. The statements of the store that belong into them are the same as elsewhere.

mod driver;
mod fault;
mod inline;
mod make;
mod marks;
mod tx;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::rows::{Place, PrepareError, WriteRows, WriteRowsError};
use eventsourcing_core::store::sql::{
    Inline, InlineReader, SqlError, SqlPreparation, SqlStore, SqlTx, SqlWork,
};
use eventsourcing_core::store::{Append, AppendError, StoreError};
use eventsourcing_core::{Limits, Position};
use sqlx::PgPool;

use crate::rows::{Refused, write_statement};
use crate::store::Shared;
use crate::tenant::Tenant;
use fault::Blamed;
use marks::Marks;

pub use tx::{PgTx, Sql, TableRef};

/// The transactions of one tenant.
#[derive(Debug)]
pub(crate) struct PostgresSql {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
    pool: PgPool,
}

impl PostgresSql {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>, pool: &PgPool) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
            pool: pool.clone(),
        }
    }

    /// Runs the work. If it fails, what it has done is undone before anybody hears of it.
    async fn run<E>(
        &self,
        mut tx: PgTx,
        work: &mut dyn SqlWork,
        done: &HashSet<Position>,
    ) -> Result<PgTx, SqlError<E>>
    where
        E: From<StoreError>,
    {
        match work.run(&mut tx, done).await {
            Ok(()) => Ok(tx),
            Err(error) => {
                let is_alive = tx.roll_back().await;
                Err(Blamed::of(error, is_alive).told())
            }
        }
    }
}

#[async_trait]
impl SqlStore for PostgresSql {
    fn database(&self) -> &'static str {
        PgTx::DATABASE
    }

    async fn make(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        self.make_tables(preparation, work).await
    }

    async fn write(
        &self,
        write: &WriteRows,
        work: &mut dyn SqlWork,
    ) -> Result<Place, SqlError<WriteRowsError>> {
        let refused = |error| SqlError::Store(WriteRowsError::Invalid(error));
        Limits::DEFAULT.check_rows(write).map_err(refused)?;
        let identity = self.shared.identity;
        // Whether it is ahead of the log, the database knows.
        let to = write.to.check(identity, Position::new(u64::MAX));
        to.map_err(|error| SqlError::Store(error.into()))?;
        let key = self.tenant.key_to_write(&self.shared.links).await;
        let key = key.map_err(|error| SqlError::Store(error.into()))?;
        let tx = self.begin(work.limit()).await;
        let tx = tx.map_err(|error| SqlError::Store(error.into()))?;
        let mut tx = tx;
        let marks = Marks {
            schema: &self.shared.schema,
            tenant: key,
        };
        let (mut parked, mut done) = (None, HashSet::new());
        if let Some(inlined) = work.inlined() {
            let marked = marks.of(&mut tx, &write.reader, inlined.positions).await;
            done = marked.map_err(|error| SqlError::Store(error.into()))?;
            parked = Some(inlined.parked);
        }
        let mut tx = self.run(tx, work, &done).await?;
        let statement = write_statement(&self.shared, key, write);
        let rows = match tx.ask(&statement.text, &statement.typed()).await {
            Ok(rows) => rows,
            Err(error) => return Err(Blamed::of_last_statement(error).told()),
        };
        let answer = rows.first().map(Refused::of_row).transpose();
        match answer.map_err(|error| SqlError::Store(error.into()))? {
            Some(None) => {}
            Some(Some(refused)) => return Err(SqlError::Store(refused.told(write, identity))),
            None => return Err(SqlError::Store(StoreError::broken("there is no answer").into())),
        }
        if let Some(parked) = parked {
            let cleared = marks
                .clear(&mut tx, &write.reader, write.to.position, parked)
                .await;
            cleared.map_err(|error| SqlError::Store(error.into()))?;
        }
        match tx.commit().await {
            Ok(()) => Ok(write.lands_at()),
            Err(error) => Err(Blamed::of_commit(error).told_of_write()),
        }
    }

    async fn append(
        &self,
        append: Arc<Append>,
        readers: &[InlineReader],
        work: &mut dyn SqlWork,
    ) -> Result<Inline, SqlError<AppendError>> {
        self.append_inline(append, readers, work).await
    }
}
