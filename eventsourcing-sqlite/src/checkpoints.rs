use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Checkpoint, CheckpointError, CheckpointStore, StoreError};

use crate::database::Database;
use crate::read;
use crate::write::{ForgetCheckpoint, SaveCheckpoint};

/// The checkpoints of one tenant.
pub(crate) struct SqliteCheckpoints {
    database: Arc<Database>,
    tenant: TenantId,
}

impl SqliteCheckpoints {
    pub(crate) fn new(database: Arc<Database>, tenant: TenantId) -> Self {
        Self { database, tenant }
    }
}

#[async_trait]
impl CheckpointStore for SqliteCheckpoints {
    async fn load(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        let (tenant, name) = (self.tenant.clone(), name.to_owned());
        self.database
            .read(move |connection, _| Ok(read::saved(connection, &tenant, &name)?))
            .await
    }

    async fn save(&self, name: &str, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        let save = SaveCheckpoint {
            tenant: self.tenant.clone(),
            name: name.to_owned(),
            checkpoint,
        };
        Ok(self
            .database
            .writer
            .write(save)
            .await
            .map_err(StoreError::from)??)
    }

    async fn forget(&self, name: &str) -> Result<(), StoreError> {
        let forget = ForgetCheckpoint {
            tenant: self.tenant.clone(),
            name: name.to_owned(),
        };
        Ok(self.database.writer.write(forget).await?)
    }
}

impl fmt::Debug for SqliteCheckpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCheckpoints")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
