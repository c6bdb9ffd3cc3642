use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::Position;
use eventsourcing_core::store::{
    Checkpoint, CheckpointError, CheckpointRefused, CheckpointStore, StoreEpoch, StoreError, StoreId,
    StoreIdentity,
};
use tokio_postgres::Row;

use crate::classify::store_error;
use crate::row::{bigint, unsigned};
use crate::session::Query;
use crate::store::Shared;
use crate::tenant::Tenant;

/// The checkpoints of one tenant.
#[derive(Debug)]
pub(crate) struct PostgresCheckpoints {
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
}

impl PostgresCheckpoints {
    pub(crate) fn new(shared: &Arc<Shared>, tenant: &Arc<Tenant>) -> Self {
        Self {
            shared: Arc::clone(shared),
            tenant: Arc::clone(tenant),
        }
    }
}

#[async_trait]
impl CheckpointStore for PostgresCheckpoints {
    async fn load(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        let session = self.shared.links.reading.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let row = session
            .query_opt(Query::LoadCheckpoint, &[&key, &name])
            .await
            .map_err(store_error)?;
        row.as_ref().map(saved).transpose().map_err(store_error)
    }

    async fn save(&self, name: &str, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        // Whether it is ahead of the log, the database knows.
        let position = checkpoint.check(self.shared.identity, Position::new(u64::MAX))?;
        let session = self.shared.links.locking.session().await?;
        let key = self.tenant.key_to_write(&self.shared.links).await?;
        let (store, at) = (checkpoint.store, bigint(position.get()));
        let row = session
            .query_opt(
                Query::SaveCheckpoint,
                &[&key, &name, &store.id.get(), &store.epoch.get(), &at],
            )
            .await
            .map_err(store_error)?;
        let row = row.ok_or_else(|| StoreError::broken("there is no answer"))?;
        if row.try_get(0).map_err(store_error)? {
            return Ok(());
        }
        let head = Position::new(unsigned(row.try_get(1).map_err(store_error)?));
        checkpoint.check(self.shared.identity, head)?;
        let saved: Option<i64> = row.try_get(2).map_err(store_error)?;
        match saved.map(|saved| Position::new(unsigned(saved))) {
            Some(saved) if saved > position => Err(CheckpointRefused::Backwards { position, saved }.into()),
            _ => Err(
                StoreError::unavailable("the checkpoint was saved by somebody else at the same time").into(),
            ),
        }
    }

    async fn forget(&self, name: &str) -> Result<(), StoreError> {
        let session = self.shared.links.locking.session().await?;
        let key = self.tenant.key_to_read(&self.shared.links.reading).await?;
        session
            .query(Query::ForgetCheckpoint, &[&key, &name])
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

/// A checkpoint as it is saved.
pub(crate) fn saved(row: &Row) -> Result<Checkpoint, tokio_postgres::Error> {
    Ok(Checkpoint {
        store: StoreIdentity {
            id: StoreId::new(row.try_get(0)?),
            epoch: StoreEpoch::new(row.try_get(1)?),
        },
        position: Position::new(unsigned(row.try_get(2)?)),
    })
}
