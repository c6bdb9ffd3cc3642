//! Rows of projections: the trait of the contract, and how tables and values are written in SQL.

mod sql;
mod value;

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
#[cfg(feature = "sqlx")]
use eventsourcing_core::store::sql::SqlStore;
use eventsourcing_core::{Limits, TenantId};

pub(crate) use self::sql::{Selection, Statements, quoted};
pub(crate) use self::value::{Bound, row};
use crate::database::Database;
use crate::read;
#[cfg(feature = "sqlx")]
use crate::sql::SqliteSql;
use crate::write::{Activate, DropVersion, Prepare, WriteTheRows, active};

/// The rows of one tenant.
pub(crate) struct SqliteRows {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteRows {
    pub(crate) fn new(database: Arc<Database>, tenant: TenantId) -> Self {
        Self { database, tenant }
    }
}

#[async_trait]
impl RowStore for SqliteRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        let prepare = Prepare(preparation.clone());
        let prepared = self.database.writer.write(prepare).await;
        prepared.map_err(StoreError::from)?
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        let activate = Activate(projection.clone());
        let activated = self.database.writer.write(activate).await;
        activated.map_err(StoreError::from)?
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        let name = projection.clone();
        self.database
            .read(move |connection, _| Ok(active(connection, &name)?))
            .await
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        let drop = DropVersion(projection.clone());
        Ok(self.database.writer.write(drop).await?)
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        let (tenant, reader) = (self.tenant.clone(), reader.to_owned());
        self.database
            .read(move |connection, _| Ok(read::place(connection, &tenant, &reader)?))
            .await
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        Limits::DEFAULT.check_keys(table.table, keys)?;
        let (tenant, keys) = (self.tenant.clone(), keys.to_vec());
        self.database
            .read(move |connection, budget| read::load_rows(connection, &tenant, table, &keys, budget))
            .await?
            .map_err(ReadRowsError::from)
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        Limits::DEFAULT.check_read_rows(read)?;
        let (tenant, read) = (self.tenant.clone(), read.clone());
        self.database
            .read(move |connection, budget| read::read_rows(connection, &tenant, &read, budget))
            .await?
            .map_err(ReadRowsError::from)
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        Limits::DEFAULT.check_rows(&write)?;
        let write = WriteTheRows {
            tenant: self.tenant.clone(),
            write,
        };
        self.database.writer.write(write).await?
    }

    #[cfg(feature = "sqlx")]
    fn sql(&self) -> Option<Arc<dyn SqlStore>> {
        Some(Arc::new(SqliteSql::new(&self.database, &self.tenant)))
    }
}

impl fmt::Debug for SqliteRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteRows")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
