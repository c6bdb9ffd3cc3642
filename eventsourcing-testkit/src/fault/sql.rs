use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::rows::{Place, PrepareError, WriteRows, WriteRowsError};
use eventsourcing_core::store::sql::{Inline, InlineReader, SqlError, SqlPreparation, SqlStore, SqlWork};
use eventsourcing_core::store::{Append, AppendError, StoreError};

use super::injector::Injector;
use super::log::{Injected, strike};
use super::{AppendFault, Fault, WriteFault};

/// Transactions of one tenant for code of others, as far as they can be reached.
#[derive(Debug)]
pub(super) struct FaultySql {
    sql: Arc<dyn SqlStore>,
    injector: Arc<Injector>,
}

impl FaultySql {
    pub(super) fn new(sql: Arc<dyn SqlStore>, injector: Arc<Injector>) -> Self {
        Self { sql, injector }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl SqlStore for FaultySql {
    fn database(&self) -> &'static str {
        self.sql.database()
    }

    fn is_only_writer(&self) -> bool {
        self.sql.is_only_writer()
    }

    async fn make(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>> {
        self.sql.make(preparation, work).await
    }

    async fn write(
        &self,
        write: &WriteRows,
        work: &mut dyn SqlWork,
    ) -> Result<Place, SqlError<WriteRowsError>> {
        let unknown = || SqlError::Store(WriteRowsError::UnknownOutcome(Box::new(Injected)));
        match self.injector.write() {
            None => {}
            Some(WriteFault::Call(fault)) => struck(fault).await?,
            Some(WriteFault::LostWrite) => return Err(unknown()),
            Some(WriteFault::LostAnswer) => {
                let _lost = self.sql.write(write, work).await;
                return Err(unknown());
            }
        }
        self.sql.write(write, work).await
    }

    async fn append(
        &self,
        append: Arc<Append>,
        readers: &[InlineReader],
        work: &mut dyn SqlWork,
    ) -> Result<Inline, SqlError<AppendError>> {
        let unknown = || SqlError::Store(AppendError::UnknownOutcome(Box::new(Injected)));
        match self.injector.append(false) {
            None | Some(AppendFault::Conflict) => {}
            Some(AppendFault::Call(fault)) => struck(fault).await?,
            Some(AppendFault::LostAppend) => return Err(unknown()),
            Some(AppendFault::LostAnswer) => {
                let _lost = self.sql.append(append, readers, work).await;
                return Err(unknown());
            }
        }
        self.sql.append(append, readers, work).await
    }
}

async fn struck<E: From<StoreError>>(fault: Fault) -> Result<(), SqlError<E>> {
    strike(Some(fault))
        .await
        .map_err(|error| SqlError::Store(error.into()))
}
