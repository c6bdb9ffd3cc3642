use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use eventsourcing_core::store::sql::SqlStore;

use super::WriteFault;
use super::injector::Injector;
use super::log::{Injected, strike};
use super::sql::FaultySql;

/// The rows of one tenant, as far as they can be reached.
#[derive(Debug)]
pub(super) struct FaultyRows {
    rows: Arc<dyn RowStore>,
    injector: Arc<Injector>,
}

impl FaultyRows {
    pub(super) fn new(rows: Arc<dyn RowStore>, injector: Arc<Injector>) -> Self {
        Self { rows, injector }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl RowStore for FaultyRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        self.rows.prepare(preparation).await
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        self.rows.activate(projection).await
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        self.rows.active(projection).await
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        self.rows.drop_version(projection).await
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        strike(self.injector.call(|state| &mut state.loads)).await?;
        self.rows.place(reader).await
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        strike(self.injector.call(|state| &mut state.loads)).await?;
        self.rows.load(table, keys).await
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        strike(self.injector.call(|state| &mut state.loads)).await?;
        self.rows.read(read).await
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        match self.injector.write() {
            None => {}
            Some(WriteFault::Call(fault)) => strike(Some(fault)).await?,
            Some(WriteFault::LostWrite) => return Err(unknown_outcome()),
            Some(WriteFault::LostAnswer) => {
                let _lost = self.rows.write(write).await;
                return Err(unknown_outcome());
            }
        }
        self.rows.write(write).await
    }

    fn sql(&self) -> Option<Arc<dyn SqlStore>> {
        let sql = FaultySql::new(self.rows.sql()?, Arc::clone(&self.injector));
        Some(Arc::new(sql))
    }
}

fn unknown_outcome() -> WriteRowsError {
    WriteRowsError::UnknownOutcome(Box::new(Injected))
}
