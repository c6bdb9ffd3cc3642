//! Rows: of the store, which tables there are; of each tenant, what is in them.

mod read;
mod table;
mod tables;

use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use eventsourcing_core::{Limits, TenantId};

use crate::store::Shared;

pub(crate) use table::Rows;
pub(crate) use tables::Tables;

/// The rows of one tenant.
#[derive(Debug)]
pub(crate) struct MemoryRows {
    shared: Arc<Shared>,
    tenant: TenantId,
}

impl MemoryRows {
    pub(crate) fn new(shared: Arc<Shared>, tenant: TenantId) -> Self {
        Self { shared, tenant }
    }
}

#[async_trait]
impl RowStore for MemoryRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        self.shared.lock().tables.prepare(preparation)
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        self.shared.lock().tables.activate(projection)
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        Ok(self.shared.lock().tables.active(projection))
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        self.shared.lock().drop_version(projection);
        Ok(())
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        Ok(self.shared.lock().tenant(&self.tenant).place(reader))
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        Limits::DEFAULT.check_keys(table.table, keys)?;
        let mut database = self.shared.lock();
        database.tables.check(table)?;
        Ok(database.tenant(&self.tenant).rows.load(table, keys))
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        Limits::DEFAULT.check_read_rows(read)?;
        let mut database = self.shared.lock();
        database.tables.check(read.table)?;
        let tenant = database.tenant(&self.tenant);
        Ok(RowsRead {
            rows: read::read(tenant.rows.all(read.table).collect(), read),
            places: read.readers.iter().map(|reader| tenant.place(reader)).collect(),
        })
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        Limits::DEFAULT.check_rows(&write)?;
        let identity = self.shared.identity;
        self.shared.lock().write_rows(&self.tenant, &write, identity)
    }
}
