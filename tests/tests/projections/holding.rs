//! A store some of whose calls do not get through for a while.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing::TenantId;
use eventsourcing::store::lease::{Acquired, Fence, Holder, Lease, LeaseStore};
use eventsourcing::store::rows::{
    Place, Preparation, PrepareError, Prepared, ProjectionName, ProjectionVersion, ReadRows, ReadRowsError,
    RowStore, RowsRead, TableVersion, Value, WriteRows, WriteRowsError,
};
use eventsourcing::store::{Capabilities, EventStore, StoreError, StoreIdentity, TenantStore};
use tokio::sync::watch;
use tokio::time::sleep;

/// What is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Nothing,
    /// Writes take a while, in which others look at what there is.
    Haste,
    /// Writes wait.
    Writes,
    /// Writes wait, and leases cannot be reached.
    WritesAndLeases,
    /// Who asks where a reader is, waits.
    Places,
    /// Who gives leases back, waits.
    Releases,
}

/// So long, at least, takes a write that is not to be made in haste.
const A_WHILE: Duration = Duration::from_millis(5);

/// A handle: clones are the same.
#[derive(Clone, Debug)]
pub struct HeldStore {
    store: Arc<dyn EventStore>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    hold: watch::Sender<Hold>,
    waiting: AtomicU32,
    fenced_off: AtomicU32,
}

impl HeldStore {
    pub fn around(store: Arc<dyn EventStore>) -> Self {
        Self {
            store,
            gate: Arc::new(Gate {
                hold: watch::Sender::new(Hold::Nothing),
                waiting: AtomicU32::new(0),
                fenced_off: AtomicU32::new(0),
            }),
        }
    }

    pub fn set(&self, hold: Hold) {
        self.gate.hold.send_replace(hold);
    }

    /// How many calls have had to wait.
    pub fn waiting(&self) -> u32 {
        self.gate.waiting.load(Ordering::Relaxed)
    }

    /// How many writes were refused by their fence.
    pub fn fenced_off(&self) -> u32 {
        self.gate.fenced_off.load(Ordering::Relaxed)
    }
}

impl Gate {
    /// Waits for as long as calls of these kinds do not get through. Gives what is held back then.
    async fn pass(&self, kinds: &[Hold]) -> Hold {
        let mut hold = self.hold.subscribe();
        if kinds.contains(&hold.borrow()) {
            self.waiting.fetch_add(1, Ordering::Relaxed);
        }
        *hold.wait_for(|hold| !kinds.contains(hold)).await.unwrap()
    }
}

impl EventStore for HeldStore {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let within = self.store.tenant(tenant);
        TenantStore {
            rows: Arc::new(HeldRows(Arc::clone(&self.gate), within.rows)),
            leases: Arc::new(HeldLeases(Arc::clone(&self.gate), within.leases)),
            ..within
        }
    }
}

#[derive(Debug)]
struct HeldRows(Arc<Gate>, Arc<dyn RowStore>);

#[async_trait]
impl RowStore for HeldRows {
    async fn prepare(&self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        self.1.prepare(preparation).await
    }

    async fn activate(&self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        self.1.activate(projection).await
    }

    async fn active(&self, projection: &ProjectionName) -> Result<Option<NonZeroU32>, StoreError> {
        self.1.active(projection).await
    }

    async fn drop_version(&self, projection: &ProjectionVersion) -> Result<(), StoreError> {
        self.1.drop_version(projection).await
    }

    async fn place(&self, reader: &str) -> Result<Place, StoreError> {
        self.0.pass(&[Hold::Places]).await;
        self.1.place(reader).await
    }

    async fn load(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        self.1.load(table, keys).await
    }

    async fn read(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        self.1.read(read).await
    }

    async fn write(&self, write: Arc<WriteRows>) -> Result<Place, WriteRowsError> {
        let hold = self.0.pass(&[Hold::Writes, Hold::WritesAndLeases]).await;
        if hold == Hold::Haste {
            sleep(A_WHILE).await;
        }
        let written = self.1.write(write).await;
        if matches!(written, Err(WriteRowsError::Fenced(_))) {
            self.0.fenced_off.fetch_add(1, Ordering::Relaxed);
        }
        written
    }
}

#[derive(Debug)]
struct HeldLeases(Arc<Gate>, Arc<dyn LeaseStore>);

impl HeldLeases {
    fn reach(&self) -> Result<&dyn LeaseStore, StoreError> {
        match *self.0.hold.borrow() {
            Hold::WritesAndLeases => Err(StoreError::unavailable("nothing gets through")),
            _ => Ok(&*self.1),
        }
    }
}

#[async_trait]
impl LeaseStore for HeldLeases {
    async fn acquire(
        &self,
        names: &[Arc<str>],
        holder: &Holder,
        ttl: Duration,
    ) -> Result<Vec<Acquired>, StoreError> {
        self.reach()?.acquire(names, holder, ttl).await
    }

    async fn renew(&self, held: &[Fence], ttl: Duration) -> Result<Vec<bool>, StoreError> {
        self.reach()?.renew(held, ttl).await
    }

    async fn release(&self, held: &[Fence]) -> Result<(), StoreError> {
        self.0.pass(&[Hold::Releases]).await;
        self.reach()?.release(held).await
    }

    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        self.reach()?.list().await
    }
}
