use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use crate::store::StoreError;
use crate::store::sql::SqlStore;

/// The rows of one tenant. See the [contract](super).
#[async_trait]
pub trait RowStore: fmt::Debug + Send + Sync + 'static {
    /// Sees to it that a version of a projection has its tables, empty at first, for all tenants. Indexes that a table lacks are
    /// made. Nothing else happens to what is there already; no version becomes active by it.
    ///
    /// # Errors
    /// If a table belongs to another projection, has other columns than the one that was made for this version, or cannot be
    /// named so; or if the store fails. Nothing is made then, unless the answer was lost; it may be called again.
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError>;

    /// Makes a version of a projection the active one, for people who look at its tables: under the names of its tables there
    /// are views of this version, and none of the others.
    ///
    /// # Errors
    /// If the version has not been prepared, or the store fails. It may be called again.
    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError>;

    /// Which version of a projection is the active one: the one that was activated last, unless it was dropped since.
    ///
    /// # Errors
    /// If the store fails.
    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError>;

    /// Drops the tables of a version, with the rows of all tenants, and forgets its [readers](ProjectionVersion::reader), so
    /// that it starts over when it is prepared again. If it was the active one, none is. Nothing happens if there is no such
    /// version.
    ///
    /// # Errors
    /// If the store fails. It may be called again.
    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError>;

    /// Where a reader is.
    ///
    /// # Errors
    /// If the store fails.
    async fn place(&self, reader: &str) -> Result<Place, StoreError>;

    /// Reads rows by their keys: one answer for each, in that order. A key may come up more than once.
    ///
    /// # Errors
    /// If the table has not been prepared, a key is not acceptable, or the store fails.
    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError>;

    /// Reads rows by what they are like.
    ///
    /// # Errors
    /// If the table has not been prepared, the read is not acceptable, or the store fails.
    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError>;

    /// Writes rows and moves their reader, in one transaction. Says where the reader is then.
    ///
    /// # Errors
    /// [`WriteRowsError::Overtaken`] tells where the reader is that was expected elsewhere, [`WriteRowsError::Fenced`] that it is
    /// somebody else's to move. After
    /// [`WriteRowsError::UnknownOutcome`] the caller asks for its [place](Self::place); after any other error nothing was
    /// written.
    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError>;

    /// Transactions in which code of users runs beside writes of rows; `None` if this store has none.
    fn sql(&self) -> Option<Arc<dyn SqlStore>> {
        None
    }
}
