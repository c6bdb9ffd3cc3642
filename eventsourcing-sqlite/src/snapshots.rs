use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    ForgetSnapshots, SavedSnapshot, Snapshot, SnapshotError, SnapshotKey, SnapshotStore, StoreError,
};
use eventsourcing_core::{Limits, TenantId};

use crate::database::Database;
use crate::read;
use crate::write::{ForgetThem, SaveSnapshot};

/// The snapshots of one tenant.
pub(crate) struct SqliteSnapshots {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteSnapshots {
    pub(crate) fn new(database: Arc<Database>, tenant: TenantId) -> Self {
        Self { database, tenant }
    }
}

#[async_trait]
impl SnapshotStore for SqliteSnapshots {
    async fn load(&self, keys: &[SnapshotKey]) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError> {
        Limits::DEFAULT.check_snapshots(keys)?;
        let (tenant, epoch, keys) = (self.tenant.clone(), self.database.identity.epoch, keys.to_vec());
        let read = move |connection: &_, budget: &mut read::Budget| {
            read::snapshots(connection, &tenant, epoch, &keys, budget)
        };
        Ok(self.database.read(read).await?)
    }

    async fn save(&self, snapshot: &Snapshot, keep: NonZeroU32) -> Result<(), SnapshotError> {
        Limits::DEFAULT.check_snapshot(snapshot)?;
        let save = SaveSnapshot {
            tenant: self.tenant.clone(),
            snapshot: snapshot.clone(),
            keep,
        };
        let saved = self.database.writer.write(save).await;
        Ok(saved.map_err(StoreError::from)??)
    }

    async fn forget(&self, which: &ForgetSnapshots) -> Result<(), StoreError> {
        let forget = ForgetThem {
            tenant: self.tenant.clone(),
            which: which.clone(),
        };
        Ok(self.database.writer.write(forget).await?)
    }
}

impl fmt::Debug for SqliteSnapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteSnapshots")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
