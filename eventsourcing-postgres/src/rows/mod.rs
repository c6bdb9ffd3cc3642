//! Rows of projections: the trait of the contract, and how tables and values are written in SQL.
//!
//! A write is one statement, so it is one transaction, and whole or absent whatever becomes of its future; the place of its
//! reader is moved first, and is all that two writers may wait for each other about. The lock of all appends is not taken.

mod place;
pub(crate) mod projections;
mod read;
mod sql;
mod value;
mod write;

use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::Limits;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    NotPrepared, Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows,
    ReadRowsError, RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
#[cfg(feature = "sqlx")]
use eventsourcing_core::store::sql::SqlStore;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use crate::classify::store_error;
use crate::session::{Query, Session};
#[cfg(feature = "sqlx")]
use crate::sql::PostgresSql;
use crate::store::Shared;
use crate::tenant::Tenant;

#[cfg(feature = "sqlx")]
pub(crate) use write::{Refused, write_statement};

/// The rows of one tenant.
#[derive(Debug)]
pub(crate) struct PostgresRows {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

impl PostgresRows {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
        }
    }

    /// Which of these tables is not there, if that is why a statement has failed.
    async fn missing(
        &self,
        session: &Session,
        tables: impl Iterator<Item = TableVersion> + Send,
        error: &tokio_postgres::Error,
    ) -> Result<Option<NotPrepared>, StoreError> {
        if error.code() != Some(&SqlState::UNDEFINED_TABLE) {
            return Ok(None);
        }
        let find = format!(
            "select from \"{}\".projection_tables where name = $1 and version = $2",
            self.shared.schema
        );
        for table in tables {
            let (name, version) = (table.table.name(), table.version);
            let parameters: [(&(dyn ToSql + Sync), Type); 2] = [
                (&name.as_str(), Type::TEXT),
                (&i64::from(version.get()), Type::INT8),
            ];
            let found = session
                .query_text(&find, &parameters)
                .await
                .map_err(store_error)?;
            if found.is_empty() {
                return Ok(Some(NotPrepared { table: name, version }));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl RowStore for PostgresRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        projections::prepare(&self.shared, preparation).await
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        projections::activate(&self.shared, projection).await
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        projections::active(&self.shared, projection).await
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        projections::drop_version(&self.shared, projection).await
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        let session = self.shared.links.reading.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let row = session.query_opt(Query::Place, &[&key, &reader]).await;
        let row = row.map_err(store_error)?;
        row.as_ref().map_or(Ok(Place::START), |row| place::of_row(row, 0))
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        Limits::DEFAULT.check_keys(table.table, keys)?;
        self.load_rows(table, keys).await
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        Limits::DEFAULT.check_read_rows(read)?;
        self.read_rows(read).await
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        Limits::DEFAULT.check_rows(&write)?;
        self.write_rows(&write).await
    }

    #[cfg(feature = "sqlx")]
    fn sql(&self) -> Option<Arc<dyn SqlStore>> {
        let pool = self.shared.sql_pool.as_ref()?;
        Some(Arc::new(PostgresSql::new(&self.shared, &self.tenant, pool)))
    }
}
