use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventsourcing_core::store::{Capabilities, EventStore, StoreEpoch, StoreId, StoreIdentity, TenantStore};
use eventsourcing_core::{Clock, Position, SystemClock, TenantId};
use tokio::sync::watch;
use uuid::Uuid;

use crate::checkpoints::MemoryCheckpoints;
use crate::database::Database;
use crate::leases::MemoryLeases;
use crate::log::MemoryLog;
use crate::rows::MemoryRows;
use crate::snapshots::MemorySnapshots;

/// An event store in memory.
///
/// A handle: clones are the same store. Its data goes when the last handle, and the last tenant's, is dropped.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

impl MemoryStore {
    /// An empty store with an identity of its own, on the clock of the machine.
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// An empty store with an identity of its own; its events are recorded, and its leases expire, at the time that this clock shows.
    pub fn with_clock(clock: impl Clock) -> Self {
        let identity = StoreIdentity {
            id: StoreId::new(Uuid::now_v7()),
            epoch: StoreEpoch::new(Uuid::now_v7()),
        };
        Self::with_identity(identity, clock)
    }

    /// An empty store with this identity, for tests whose checkpoints are to look the same each time.
    pub fn with_identity(identity: StoreIdentity, clock: impl Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                identity,
                clock: Box::new(clock),
                database: Mutex::default(),
                head: watch::Sender::new(Position::START),
            }),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl EventStore for MemoryStore {
    fn identity(&self) -> StoreIdentity {
        self.shared.identity
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durable: false,
            shared: false,
        }
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        TenantStore {
            tenant: tenant.clone(),
            log: Arc::new(MemoryLog::new(Arc::clone(&self.shared), tenant.clone())),
            checkpoints: Arc::new(MemoryCheckpoints::new(Arc::clone(&self.shared), tenant.clone())),
            rows: Arc::new(MemoryRows::new(Arc::clone(&self.shared), tenant.clone())),
            leases: Arc::new(MemoryLeases::new(Arc::clone(&self.shared), tenant.clone())),
            snapshots: Arc::new(MemorySnapshots::new(Arc::clone(&self.shared), tenant.clone())),
        }
    }
}

/// What all handles of a store have in common.
pub(crate) struct Shared {
    pub(crate) identity: StoreIdentity,
    pub(crate) clock: Box<dyn Clock>,
    database: Mutex<Database>,
    /// The end of the log, for those who wait for it to move. Set after the database is unlocked, so it may lag.
    pub(crate) head: watch::Sender<Position>,
}

impl Shared {
    /// A panic while the lock is held leaves no trace: everything that can fail comes before the first change.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Database> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("identity", &self.identity)
            .field("head", &*self.head.borrow())
            .finish_non_exhaustive()
    }
}
