use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{
    Checkpoint, CheckpointError, CheckpointRefused, CheckpointStore, StoreError,
};

use crate::store::Shared;

/// The checkpoints of one tenant.
#[derive(Debug)]
pub(crate) struct MemoryCheckpoints {
    shared: Arc<Shared>,
    tenant: TenantId,
}

impl MemoryCheckpoints {
    pub(crate) fn new(shared: Arc<Shared>, tenant: TenantId) -> Self {
        Self { shared, tenant }
    }
}

#[async_trait]
impl CheckpointStore for MemoryCheckpoints {
    async fn load(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.shared.lock().tenant(&self.tenant).saved(name))
    }

    async fn save(&self, name: &str, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        let mut database = self.shared.lock();
        let position = checkpoint.check(self.shared.identity, database.head())?;
        let tenant = database.tenant(&self.tenant);
        match tenant.saved(name) {
            Some(saved) if saved.position > position => {
                let saved = saved.position;
                return Err(CheckpointRefused::Backwards { position, saved }.into());
            }
            _ => tenant.save(name, checkpoint),
        }
        Ok(())
    }

    async fn forget(&self, name: &str) -> Result<(), StoreError> {
        let mut database = self.shared.lock();
        database.tenant(&self.tenant).readers.remove(name);
        Ok(())
    }
}
