use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use super::{ErrorClass, InvalidAppend, StoreError};
use crate::{ContentType, StreamId, Timestamp, Version};

/// What a snapshot is found by: a stream, and the code that has folded it.
///
/// Code that folds otherwise has another version or another fingerprint, and so finds nothing of what this one has left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotKey {
    /// The stream.
    pub stream: StreamId,
    /// The name of the state, at most [`SnapshotKey::MAX_NAME_BYTES`] bytes. It is chosen, and stays.
    pub state: Cow<'static, str>,
    /// The version of the state.
    pub version: NonZeroU32,
    /// A hash of everything that decides what a fold comes to, as far as a program can tell.
    pub fingerprint: StateFingerprint,
}

impl SnapshotKey {
    /// The longest name of a state, in bytes.
    pub const MAX_NAME_BYTES: usize = 120;
}

/// A hash of the code of a state, and of the events that it is folded from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateFingerprint(pub u64);

impl fmt::Debug for StateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The state that a stream was folded into, as bytes.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use eventsourcing_core::store::{Snapshot, SnapshotKey, StateFingerprint};
/// use eventsourcing_core::{ContentType, StreamId, Version};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SnapshotKey {
///     stream: StreamId::new("account-alice")?,
///     state: "account".into(),
///     version: NonZeroU32::MIN,
///     fingerprint: StateFingerprint(0x8f3a),
/// };
/// let mut snapshot = Snapshot::new(key, Version::new(100), ContentType::JSON, r#"{"balance":70}"#);
/// assert!(snapshot.is_intact());
/// snapshot.payload = r#"{"balance":90}"#.into();
/// assert!(!snapshot.is_intact());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is found by.
    pub key: SnapshotKey,
    /// The head of the stream when it had been folded.
    pub at: Version,
    /// What the payload is.
    pub content_type: ContentType,
    /// The state.
    pub payload: Bytes,
    /// The checksum of all this when it was taken.
    pub checksum: SnapshotChecksum,
}

impl Snapshot {
    /// A snapshot, with its checksum.
    pub fn new(key: SnapshotKey, at: Version, content_type: ContentType, payload: impl Into<Bytes>) -> Self {
        let payload = payload.into();
        Self {
            checksum: SnapshotChecksum::of(&key, at, &content_type, &payload),
            key,
            at,
            content_type,
            payload,
        }
    }

    /// Whether it is what it was when it was taken, and of the same stream and state.
    pub fn is_intact(&self) -> bool {
        self.checksum == SnapshotChecksum::of(&self.key, self.at, &self.content_type, &self.payload)
    }
}

/// A checksum of a snapshot with all that it is known by. Stores keep it as it is, and whoever loads the snapshot checks it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SnapshotChecksum([u8; 16]);

impl SnapshotChecksum {
    fn of(key: &SnapshotKey, at: Version, content_type: &ContentType, payload: &[u8]) -> Self {
        const SNAPSHOTS: Uuid = Uuid::from_u128(0x6a0c_52f1_93de_4b7e_8d24_7f1b_c0e5_9a36);
        let SnapshotKey {
            stream,
            state,
            version,
            fingerprint,
        } = key;
        let known_by = format!("{stream}\n{state}\n{version}\n{fingerprint}\n{at}\n{content_type}");
        let known_by = Uuid::new_v5(&SNAPSHOTS, known_by.as_bytes());
        Self(*Uuid::new_v5(&known_by, payload).as_bytes())
    }

    /// The checksum with these bytes, as a store has kept it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for SnapshotChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A snapshot as it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSnapshot {
    /// The snapshot. Whether it [is intact](Snapshot::is_intact), the store has not looked.
    pub snapshot: Snapshot,
    /// When it was saved, on the clock of the store.
    pub saved_at: Timestamp,
}

/// Which snapshots to forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgetSnapshots {
    /// Those of this stream, of every state.
    OfStream(StreamId),
    /// Those of the state of this name, of every stream, version and fingerprint.
    OfState(Cow<'static, str>),
}

/// The snapshots of one tenant: what streams were folded into, for processes that have not folded them yet. See the
/// [contract](super).
///
/// None of them is needed: a snapshot that is lost, or was never written, costs the time to read its stream.
#[async_trait]
pub trait SnapshotStore: fmt::Debug + Send + Sync + 'static {
    /// The newest snapshot of each key, in this order; `None` where there is none.
    ///
    /// # Errors
    /// If there are more keys than the [`Limits`](crate::Limits) allow, or the store fails.
    async fn load(&self, keys: &[SnapshotKey]) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError>;

    /// Saves a snapshot, and of those of its stream and the name of its state, versions and fingerprints together, keeps the
    /// newest so many.
    ///
    /// # Errors
    /// If no store would take it, it is of no version that the stream has reached, or the store fails.
    async fn save(&self, snapshot: &Snapshot, keep: NonZeroU32) -> Result<(), SnapshotError>;

    /// Forgets snapshots. Nothing happens if there are none.
    ///
    /// # Errors
    /// If the store fails.
    async fn forget(&self, which: &ForgetSnapshots) -> Result<(), StoreError>;
}

/// Why snapshots were not loaded or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// More than the [`Limits`](crate::Limits) allow.
    #[error("the snapshot is not acceptable")]
    Invalid(#[from] InvalidAppend),
    /// It is of a version that the stream has not reached, or of none.
    #[error(transparent)]
    Ahead(#[from] SnapshotAhead),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SnapshotError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Invalid(_) | Self::Ahead(_) => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}

/// A snapshot of a version that its stream has not reached, or of no version at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is of version {at} of the stream `{stream}`, which ends at {head}")]
pub struct SnapshotAhead {
    /// The stream.
    pub stream: StreamId,
    /// The version of the snapshot.
    pub at: Version,
    /// The head of the stream.
    pub head: Version,
}

impl SnapshotAhead {
    /// Checks that a stream with this head can have been folded into this snapshot. Every store does, where the head does not
    /// move.
    ///
    /// # Errors
    /// If it cannot.
    pub fn check(snapshot: &Snapshot, head: Version) -> Result<(), Self> {
        if snapshot.at != Version::ABSENT && snapshot.at <= head {
            return Ok(());
        }
        Err(Self {
            stream: snapshot.key.stream.clone(),
            at: snapshot.at,
            head,
        })
    }
}
