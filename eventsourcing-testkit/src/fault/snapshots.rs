use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    ForgetSnapshots, SavedSnapshot, Snapshot, SnapshotError, SnapshotKey, SnapshotStore, StoreError,
};

use super::injector::Injector;
use super::log::strike;

/// The snapshots of one tenant, as far as they can be reached.
#[derive(Debug)]
pub(super) struct FaultySnapshots {
    snapshots: Arc<dyn SnapshotStore>,
    injector: Arc<Injector>,
}

impl FaultySnapshots {
    pub(super) fn new(snapshots: Arc<dyn SnapshotStore>, injector: Arc<Injector>) -> Self {
        Self { snapshots, injector }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl SnapshotStore for FaultySnapshots {
    async fn load(&self, keys: &[SnapshotKey]) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError> {
        strike(self.injector.call(|state| &mut state.snapshots)).await?;
        self.snapshots.load(keys).await
    }

    async fn save(&self, snapshot: &Snapshot, keep: NonZeroU32) -> Result<(), SnapshotError> {
        strike(self.injector.call(|state| &mut state.snapshots)).await?;
        self.snapshots.save(snapshot, keep).await
    }

    async fn forget(&self, which: &ForgetSnapshots) -> Result<(), StoreError> {
        strike(self.injector.call(|state| &mut state.snapshots)).await?;
        self.snapshots.forget(which).await
    }
}
