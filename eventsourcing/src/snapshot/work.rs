use std::borrow::Cow;
use std::num::NonZeroU32;

use super::{Restored, StateSnapshots, UnusableSnapshot};
use crate::store::{Snapshot, SnapshotKey, StateFingerprint};
use crate::{StreamId, Version};

/// What is to be done about snapshots, some time or never.
#[derive(Debug)]
pub(crate) enum Work {
    Save(Save),
    /// Forget those of a stream: one of them does not hold.
    Forget(StreamId),
}

/// A snapshot to take.
pub(crate) struct Save {
    pub(crate) key: SnapshotKey,
    pub(crate) at: Version,
    pub(crate) state: Restored,
    pub(crate) format: StateSnapshots,
}

impl Save {
    pub(crate) fn snapshot(&self) -> Result<Snapshot, UnusableSnapshot> {
        self.format.take(self.key.clone(), self.at, &*self.state)
    }

    /// Whether it takes the place of another one that is waiting.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        self.key == other.key && self.at >= other.at
    }
}

impl std::fmt::Debug for Save {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Save")
            .field("key", &self.key)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The code of a state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Code {
    state: Cow<'static, str>,
    version: NonZeroU32,
    fingerprint: StateFingerprint,
}

impl Code {
    pub(crate) fn of(key: &SnapshotKey) -> Self {
        Self {
            state: key.state.clone(),
            version: key.version,
            fingerprint: key.fingerprint,
        }
    }
}
