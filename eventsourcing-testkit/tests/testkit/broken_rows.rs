use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use tokio::task::yield_now;

use crate::broken_store::Bug;

/// The rows of a store with one bug.
#[derive(Debug)]
pub(crate) struct BrokenRows {
    pub(crate) rows: Arc<dyn RowStore>,
    pub(crate) bug: Bug,
}

#[async_trait]
impl RowStore for BrokenRows {
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
        self.rows.place(reader).await
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        self.rows.load(table, keys).await
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        if self.bug != Bug::RowsAndPlacesReadApart {
            return self.rows.read(read).await;
        }
        let RowsRead { rows, .. } = self.rows.read(read).await?;
        yield_now().await;
        let RowsRead { places, .. } = self.rows.read(read).await?;
        Ok(RowsRead { rows, places })
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        match self.bug {
            Bug::WritesNotCounted => {
                let saved = self.rows.place(&write.reader).await?;
                let mut write = (*write).clone();
                if saved.checkpoint == write.from.checkpoint {
                    write.from.writes = saved.writes;
                }
                yield_now().await;
                self.rows.write(Arc::new(write)).await
            }
            Bug::RowsWrittenOneByOne => self.one_by_one(&write).await,
            Bug::FencesIgnored => self.without_fence(&write).await,
            Bug::FencesCheckedBefore => {
                let only_checked = WriteRows {
                    from: Place {
                        writes: u64::MAX,
                        ..write.from
                    },
                    ..(*write).clone()
                };
                if let Err(fenced @ WriteRowsError::Fenced(_)) = self.rows.write(Arc::new(only_checked)).await
                {
                    return Err(fenced);
                }
                yield_now().await;
                self.without_fence(&write).await
            }
            _ => self.rows.write(write).await,
        }
    }
}

impl BrokenRows {
    async fn without_fence(&self, write: &WriteRows) -> Result<Place, WriteRowsError> {
        let write = WriteRows {
            fence: None,
            ..write.clone()
        };
        self.rows.write(Arc::new(write)).await
    }

    /// Each table is a write of its own.
    async fn one_by_one(&self, write: &WriteRows) -> Result<Place, WriteRowsError> {
        let mut place = write.from;
        for change in &write.changes {
            let alone = WriteRows {
                from: place,
                changes: vec![change.clone()],
                ..write.clone()
            };
            place = self.rows.write(Arc::new(alone)).await?;
        }
        Ok(place)
    }
}
