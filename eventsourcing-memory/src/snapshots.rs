use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::{
    ForgetSnapshots, SavedSnapshot, Snapshot, SnapshotAhead, SnapshotError, SnapshotKey, SnapshotStore,
    StoreError,
};
use eventsourcing_core::{Limits, StreamId, TenantId};

use crate::store::Shared;

/// The snapshots of one tenant, the newest last: by stream, and by name of the state.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(HashMap<StreamId, HashMap<String, Vec<SavedSnapshot>>>);

impl Snapshots {
    fn newest(&self, key: &SnapshotKey) -> Option<&SavedSnapshot> {
        let of_state = self.0.get(&key.stream)?.get(&*key.state)?;
        of_state.iter().rfind(|saved| saved.snapshot.key == *key)
    }

    fn save(&mut self, saved: SavedSnapshot, keep: NonZeroU32) {
        let Snapshot { key, at, .. } = &saved.snapshot;
        let of_stream = self.0.entry(key.stream.clone()).or_default();
        let of_state = of_stream.entry(key.state.to_string()).or_default();
        of_state.retain(|other| other.snapshot.key != *key || other.snapshot.at != *at);
        let place = of_state.partition_point(|other| other.snapshot.at <= *at);
        of_state.insert(place, saved);
        let keep = usize::try_from(keep.get()).unwrap_or(usize::MAX);
        of_state.drain(..of_state.len().saturating_sub(keep));
    }

    fn forget(&mut self, which: &ForgetSnapshots) {
        match which {
            ForgetSnapshots::OfStream(stream) => drop(self.0.remove(stream)),
            ForgetSnapshots::OfState(state) => {
                for of_stream in self.0.values_mut() {
                    of_stream.remove(&**state);
                }
            }
        }
    }
}

/// The trait of the contract, for one tenant.
#[derive(Debug)]
pub(crate) struct MemorySnapshots {
    shared: Arc<Shared>,
    tenant: TenantId,
}

impl MemorySnapshots {
    pub(crate) fn new(shared: Arc<Shared>, tenant: TenantId) -> Self {
        Self { shared, tenant }
    }
}

#[async_trait]
impl SnapshotStore for MemorySnapshots {
    async fn load(&self, keys: &[SnapshotKey]) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError> {
        Limits::DEFAULT.check_snapshots(keys)?;
        let mut database = self.shared.lock();
        let snapshots = &database.tenant(&self.tenant).snapshots;
        Ok(keys.iter().map(|key| snapshots.newest(key).cloned()).collect())
    }

    async fn save(&self, snapshot: &Snapshot, keep: NonZeroU32) -> Result<(), SnapshotError> {
        Limits::DEFAULT.check_snapshot(snapshot)?;
        let saved = SavedSnapshot {
            snapshot: snapshot.clone(),
            saved_at: self.shared.clock.now(),
        };
        let mut database = self.shared.lock();
        let tenant = database.tenant(&self.tenant);
        SnapshotAhead::check(snapshot, tenant.head(&snapshot.key.stream))?;
        tenant.snapshots.save(saved, keep);
        Ok(())
    }

    async fn forget(&self, which: &ForgetSnapshots) -> Result<(), StoreError> {
        let mut database = self.shared.lock();
        database.tenant(&self.tenant).snapshots.forget(which);
        Ok(())
    }
}
