use std::sync::Arc;

use eventsourcing_core::store::{Capabilities, EventStore, StoreIdentity, TenantStore};
use eventsourcing_core::{Limits, TenantId};

use super::injector::Injector;
use super::leases::FaultyLeases;
use super::log::FaultyLog;
use super::rows::FaultyRows;
use super::snapshots::FaultySnapshots;
use super::{AppendFault, Fault, FaultCounts, FaultPlan, WriteFault};

/// A store whose appends, writes of rows, reads, leases and snapshots fail now and then. Everything else, checkpoints among it, works
/// as in the store within.
///
/// A handle: clones share the store, the scripts and the counts.
#[derive(Clone, Debug)]
pub struct FaultyStore {
    store: Arc<dyn EventStore>,
    injector: Arc<Injector>,
}

impl FaultyStore {
    /// Wraps a store.
    pub fn new(store: Arc<dyn EventStore>, plan: FaultPlan) -> Self {
        Self {
            store,
            injector: Arc::new(Injector::new(plan)),
        }
    }

    /// The store within, where nothing goes wrong.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// Says what happens to the next appends, in turn: a fault, or `None` to let one pass. After them chance decides
    /// again. More can be added at any time.
    pub fn script_appends(&self, faults: impl IntoIterator<Item = Option<AppendFault>>) {
        self.injector.lock().appends.extend(faults);
    }

    /// Says what happens the next times that an append is settled. As [`script_appends`](Self::script_appends).
    pub fn script_settles(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().settles.extend(faults);
    }

    /// Says what happens the next times that streams are read. As [`script_appends`](Self::script_appends).
    pub fn script_reads(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().reads.extend(faults);
    }

    /// Says what happens the next times that the feed is read. As [`script_appends`](Self::script_appends).
    pub fn script_pages(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().pages.extend(faults);
    }

    /// Says what happens to the next writes of rows. As [`script_appends`](Self::script_appends).
    pub fn script_writes(&self, faults: impl IntoIterator<Item = Option<WriteFault>>) {
        self.injector.lock().writes.extend(faults);
    }

    /// Says what happens the next times that rows, or the place of a reader of rows, are asked for. As
    /// [`script_appends`](Self::script_appends).
    pub fn script_loads(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().loads.extend(faults);
    }

    /// Says what happens the next times that leases are asked for, renewed, released or listed. As
    /// [`script_appends`](Self::script_appends).
    pub fn script_leases(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().leases.extend(faults);
    }

    /// Says what happens the next times that snapshots are loaded, saved or forgotten. As
    /// [`script_appends`](Self::script_appends).
    pub fn script_snapshots(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.injector.lock().snapshots.extend(faults);
    }

    /// What has gone wrong so far.
    pub fn counts(&self) -> FaultCounts {
        self.injector.lock().counts
    }
}

#[deny(clippy::missing_trait_methods, reason = "what is not forwarded is not tested")]
impl EventStore for FaultyStore {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn limits(&self) -> Limits {
        self.store.limits()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let within = self.store.tenant(tenant);
        TenantStore {
            log: Arc::new(FaultyLog::new(within.log, Arc::clone(&self.injector))),
            rows: Arc::new(FaultyRows::new(within.rows, Arc::clone(&self.injector))),
            leases: Arc::new(FaultyLeases::new(within.leases, Arc::clone(&self.injector))),
            snapshots: Arc::new(FaultySnapshots::new(within.snapshots, Arc::clone(&self.injector))),
            ..within
        }
    }
}
