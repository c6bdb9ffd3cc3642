use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// What has become of snapshots since the executor was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotCounts {
    /// Snapshots that commands went on from.
    pub used: u64,
    /// Snapshots that were compared with what their whole streams come to, and held.
    pub verified: u64,
    /// Snapshots that did not hold. Each is a bug: of the state, or of the store. Somebody has to look.
    pub differed: u64,
    /// Snapshots that could not be read, and were passed over.
    pub unusable: u64,
    /// Snapshots that were written.
    pub taken: u64,
    /// Snapshots that could not be written, and times that they could not be loaded or forgotten.
    pub failed: u64,
    /// Snapshots that were not written because too many were waiting, or the service was shut down.
    pub dropped: u64,
    /// Snapshots that are about to be written.
    pub waiting: u64,
}

/// The same, while they are counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) used: AtomicU64,
    pub(super) verified: AtomicU64,
    pub(super) differed: AtomicU64,
    pub(super) unusable: AtomicU64,
    pub(super) taken: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) dropped: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self, waiting: u64) -> SnapshotCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SnapshotCounts {
            used: read(&self.used),
            verified: read(&self.verified),
            differed: read(&self.differed),
            unusable: read(&self.unusable),
            taken: read(&self.taken),
            failed: read(&self.failed),
            dropped: read(&self.dropped),
            waiting,
        }
    }
}

/// Counts one more, or so many more.
pub(super) fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}
