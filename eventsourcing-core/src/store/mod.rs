//! The contract between the runtime and an event store.
//!
//! A store is an [`EventStore`]. It hands out a [`TenantStore`] for each tenant, which bundles the small traits that do
//! the work: [`EventLog`] for events, [`CheckpointStore`] for the progress of readers, [`RowStore`] for the rows of
//! projections, [`LeaseStore`] for who does what, [`SnapshotStore`] for snapshots of states. All are used as `dyn`, and speak in bytes
//! and values; types live above.
//!
//! # Contract
//! The words MUST and SHOULD are those of [RFC 2119](https://www.rfc-editor.org/rfc/rfc2119). The crate
//! `eventsourcing-testkit` tests all of it: `conformance!(..)`.
//!
//! 1. **Atomic.** An append MUST be all or nothing, over any number of streams. It MUST fail if any of its conditions does
//!    not hold, also for streams that it does not write, and also if it has no events.
//! 2. **Versions** are assigned by the store, in the order of the events in the append. The versions of a stream MUST be
//!    contiguous, start at 1, and never be used again. An event takes a version in each of its streams; the head of a
//!    stream counts events at home and linked events alike.
//! 3. **Positions** MUST grow in commit order, over all streams and tenants: a reader of everything after `p` never meets
//!    an event at or before `p` later on. A reader MUST NOT wait for transactions that are still open.
//! 4. **Snapshots.** [`EventLog::read_streams`] MUST answer from one moment, and with the head of every stream, even if the
//!    filter hides the last events, or they lie above what was asked for.
//! 5. **Linearizable.** A read that starts after an append was acknowledged MUST see that append.
//! 6. **Command ids.** An append with a [`CommandKey`] MUST be recorded with it, in the same transaction, and a second one
//!    with the same key MUST change nothing and return the first outcome, before its conditions are looked at. The same id
//!    with another fingerprint MUST be refused. A failed append records nothing.
//! 7. **Bytes.** Payload and metadata MUST come back byte for byte. Every append MUST be checked with the store's
//!    [`Limits`] first. What a store cannot hold, it MUST refuse; it MUST NOT change it.
//! 8. **Dropped futures.** Dropping a future at any await MUST leave the store usable, and its append whole or absent.
//! 9. **Tenants.** Nothing of one tenant may be seen, met in a conflict, or changed through the handle of another: streams,
//!    links, command ids, event type names, checkpoints, snapshots. Only positions are shared.
//! 10. **Checkpoints** of another store, of another epoch, or ahead of the log MUST be refused.
//! 11. **Progress.** An append with a [`Progress`] MUST move the reader if and only if it takes effect, in the same
//!     transaction, and only if the checkpoint saved under that name is exactly the one that is expected. What
//!     [`CheckpointStore`] saves and forgets counts, and it loads what appends have moved. `to` MUST NOT lie ahead of the end
//!     of the log before the append. An append whose command id was used before writes no events, but MUST move the reader
//!     all the same: whoever repeats a command after a crash gets on.
//! 12. **Rows** have a contract of their own: [`rows`]. So have **leases**: [`lease`], and transactions for code of users: [`sql`].
//! 13. **Snapshots of states.** [`SnapshotStore::load`] MUST give for each key the newest snapshot, byte for byte, and none of
//!     another epoch of the store. One of a version that its stream has not reached MUST be refused. To save is atomic, and to
//!     save the same again changes nothing but the bytes, which the last one wins. It MUST NOT put an older one in the place
//!     of a newer one, nor keep more than it was told. Snapshots MUST NOT make appends wait for longer than another small
//!     write would.
//!
//! Where an append fails in more than one way, a store looks in this order: the [`Limits`], a command id used for something
//! else, the progress, an outcome of the same command, the conditions.
//!
//! ## Error classification
//! Callers decide by [`ErrorClass`] alone, so a store MUST classify truly:
//! * [`ErrorClass::Conflict`]: a condition failed, and nothing was written. Only that: a serialization failure, a deadlock
//!   or a lock timeout of the database underneath is `Retry`.
//! * [`ErrorClass::Overtaken`]: the reader that an append moves is elsewhere, or is somebody else's to move, and nothing was
//!   written. To send the append again is of no use, nor is reading its streams anew.
//! * [`ErrorClass::Retry`]: nothing was written, and the same call may succeed later.
//! * [`ErrorClass::Overloaded`]: nothing was written, because a queue is full.
//! * [`ErrorClass::UnknownOutcome`]: the append was sent, and its answer was lost. If this is reported as `Retry`, events
//!   are doubled; if `Retry` is reported as this, time is lost. When in doubt it is unknown.
//! * [`ErrorClass::Rejected`]: the call itself is not acceptable, now or later.
//! * [`ErrorClass::Bug`]: stored data or the store's code is broken; a person has to look.

mod append;
mod checkpoint;
mod command_key;
mod dictionary;
mod error;
mod feed;
mod identity;
pub mod lease;
mod log;
mod progress;
mod read;
pub mod rows;
mod snapshot;
pub mod sql;

use std::fmt;
use std::sync::Arc;

pub use append::{Append, AppendError, Appended, Condition, Conflict, InvalidAppend, Settled};
pub use checkpoint::{Checkpoint, CheckpointError, CheckpointRefused, CheckpointStore};
pub use command_key::{CommandKey, Fingerprint, IdReused};
pub use dictionary::{Dictionary, DictionarySize};
pub use error::{ErrorClass, StoreError, StoreErrorKind};
pub use feed::{FeedError, FeedFilter, FeedPage, ReadFeed};
pub use identity::{StoreEpoch, StoreId, StoreIdentity};
pub use log::EventLog;
pub use progress::{Overtaken, Progress};
pub use read::{ReadError, ReadStream, ReadStreams, StreamSlice, StreamsRead};
pub use snapshot::{
    ForgetSnapshots, SavedSnapshot, Snapshot, SnapshotAhead, SnapshotChecksum, SnapshotError, SnapshotKey,
    SnapshotStore, StateFingerprint,
};

use self::lease::LeaseStore;
use self::rows::RowStore;
use crate::{Limits, TenantId};

/// A store of events, of all tenants. See the [contract](self).
///
/// A handle: cloning an implementation SHOULD be cheap and give the same store.
pub trait EventStore: fmt::Debug + Send + Sync + 'static {
    /// Which store this is. The same for every handle and process, until the store is restored from a backup.
    fn identity(&self) -> StoreIdentity;

    /// What this store can do beyond the contract.
    fn capabilities(&self) -> Capabilities;

    /// What one append may hold.
    fn limits(&self) -> Limits {
        Limits::DEFAULT
    }

    /// The data of one tenant: the only way to read or write anything.
    fn tenant(&self, tenant: &TenantId) -> TenantStore;
}

impl<S: EventStore + ?Sized> EventStore for Arc<S> {
    fn identity(&self) -> StoreIdentity {
        (**self).identity()
    }

    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }

    fn limits(&self) -> Limits {
        (**self).limits()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        (**self).tenant(tenant)
    }
}

/// What a store can do beyond the contract. Nothing is emulated: what is not declared is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// An acknowledged append survives a crash of the process and of the machine.
    pub durable: bool,
    /// Several processes may use the store at the same time.
    pub shared: bool,
}

/// The data of one tenant in a store.
#[derive(Clone, Debug)]
pub struct TenantStore {
    /// The tenant.
    pub tenant: TenantId,
    /// Its events.
    pub log: Arc<dyn EventLog>,
    /// The progress of its readers.
    pub checkpoints: Arc<dyn CheckpointStore>,
    /// The rows of its projections.
    pub rows: Arc<dyn RowStore>,
    /// Who does what, where several processes could.
    pub leases: Arc<dyn LeaseStore>,
    /// What its streams were folded into.
    pub snapshots: Arc<dyn SnapshotStore>,
}
