use std::any::{Any, type_name};
use std::fmt;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::Event;
use crate::fnv::Fnv;
use crate::state::State;
use crate::store::{Snapshot, SnapshotKey, StateFingerprint};
use crate::told::panic_message;
use crate::{ContentType, EventTypes, StreamId, Version};

/// How the snapshots of a state are known, written and read: [`State::SNAPSHOTS`], which
/// [`#[state]`](macro@crate::state::state) writes.
#[derive(Clone, Copy)]
pub struct StateSnapshots {
    name: &'static str,
    version: NonZeroU32,
    /// A hash of the code that folds.
    code: u64,
    types: &'static EventTypes,
    ty: fn() -> &'static str,
    initial: fn() -> Result<Vec<u8>, serde_json::Error>,
    encode: fn(&(dyn Any + Send + Sync)) -> Result<Vec<u8>, serde_json::Error>,
    decode: fn(&[u8]) -> Result<Restored, serde_json::Error>,
}

/// A state that was read from a snapshot.
pub(crate) type Restored = Arc<dyn Any + Send + Sync>;

/// What serde can write to a snapshot, and read from one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to a snapshot",
    label = "serde cannot write and read this state",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Snapshottable: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<S: Serialize + DeserializeOwned> Snapshottable for S {}

/// The snapshots of a state. `code` is a hash of what folds it. The macros have seen to it that the version is not 0.
#[doc(hidden)]
pub const fn snapshots_of<S: State + Snapshottable>(
    name: &'static str,
    version: u32,
    code: u64,
) -> StateSnapshots {
    let version = match NonZeroU32::new(version) {
        Some(version) => version,
        None => NonZeroU32::MIN,
    };
    StateSnapshots {
        name,
        version,
        code,
        types: const { &<S::Event as Event>::TYPES },
        ty: type_name::<S>,
        initial: || serde_json::to_vec(&S::default()),
        encode: |state| match state.downcast_ref::<S>() {
            Some(state) => serde_json::to_vec(state),
            None => Err(serde::ser::Error::custom("it is of another type")),
        },
        decode: |bytes| {
            let state: S = serde_json::from_slice(bytes)?;
            Ok(Arc::new(state))
        },
    }
}

impl StateSnapshots {
    /// The name of the state.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The version of the state.
    pub fn version(&self) -> NonZeroU32 {
        self.version
    }

    /// Differs, most likely, if anything does that decides what a fold comes to: the code that folds, the names and versions of
    /// the events, or what a state looks like before any event.
    pub fn fingerprint(&self) -> StateFingerprint {
        let mut hash = Fnv::default();
        let mut types = Vec::new();
        self.types.for_each(&mut |event_type| {
            let aliases = event_type.aliases.iter();
            types.extend(aliases.map(|alias| (*alias, 0)));
            types.push((event_type.name, event_type.version));
        });
        types.sort_unstable();
        for (name, version) in types {
            hash.write(name.as_bytes());
            hash.write(&[0]);
            hash.write(&version.to_be_bytes());
        }
        hash.write(&self.code.to_be_bytes());
        if let Ok(Ok(initial)) = catch_unwind(self.initial) {
            hash.write(&initial);
        }
        StateFingerprint(hash.finish())
    }

    /// What the snapshots of a stream are found by.
    pub(crate) fn key(&self, stream: &StreamId) -> SnapshotKey {
        SnapshotKey {
            stream: stream.clone(),
            state: self.name.into(),
            version: self.version,
            fingerprint: self.fingerprint(),
        }
    }

    /// A snapshot of a state.
    pub(crate) fn take(
        &self,
        key: SnapshotKey,
        at: Version,
        state: &(dyn Any + Send + Sync),
    ) -> Result<Snapshot, UnusableSnapshot> {
        Ok(Snapshot::new(key, at, ContentType::JSON, self.encode(state)?))
    }

    /// The state, as it is written.
    pub(crate) fn encode(&self, state: &(dyn Any + Send + Sync)) -> Result<Vec<u8>, UnusableSnapshot> {
        guarded(|| (self.encode)(state))
    }

    /// The state of a snapshot, if it is one of this.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<Restored, UnusableSnapshot> {
        if !snapshot.is_intact() {
            return Err(UnusableSnapshot::Damaged);
        }
        if snapshot.content_type != ContentType::JSON {
            return Err(UnusableSnapshot::ContentType(snapshot.content_type.clone()));
        }
        self.decode(&snapshot.payload)
    }

    /// The state that is written so.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Restored, UnusableSnapshot> {
        guarded(|| (self.decode)(bytes))
    }
}

/// What users write for their types may panic.
fn guarded<T>(call: impl FnOnce() -> Result<T, serde_json::Error>) -> Result<T, UnusableSnapshot> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(done) => done.map_err(UnusableSnapshot::Serde),
        Err(panic) => Err(UnusableSnapshot::Panicked(panic_message(&*panic))),
    }
}

impl fmt::Debug for StateSnapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateSnapshots")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("state", &(self.ty)())
            .finish_non_exhaustive()
    }
}

/// Why a state cannot be written to a snapshot, or not be read from one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnusableSnapshot {
    #[error("its checksum is wrong")]
    Damaged,
    #[error("it is `{0}`, and not JSON")]
    ContentType(ContentType),
    #[error("serde refuses")]
    Serde(#[source] serde_json::Error),
    #[error("serde panicked: {0}")]
    Panicked(String),
    #[error("it is of another type")]
    OtherType,
    #[error("it is of another stream, state or code than was asked for")]
    OtherKey,
}
