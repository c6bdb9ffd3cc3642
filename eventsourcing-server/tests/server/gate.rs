//! A store whose appends wait until they are let through.

use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing::memory::MemoryStore;
use eventsourcing::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing::{Position, TenantId};
use tokio::sync::Semaphore;

#[derive(Clone, Debug)]
pub(crate) struct GatedStore {
    inner: MemoryStore,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl GatedStore {
    pub(crate) fn new() -> Self {
        Self {
            inner: MemoryStore::new(),
            gate: Arc::new(Gate {
                arrived: Semaphore::new(0),
                open: Semaphore::new(0),
            }),
        }
    }

    /// Waits for an append.
    pub(crate) async fn arrived(&self) {
        self.gate.arrived.acquire().await.unwrap().forget();
    }

    /// Lets an append through.
    pub(crate) fn open(&self) {
        self.gate.open.add_permits(1);
    }
}

impl EventStore for GatedStore {
    fn identity(&self) -> StoreIdentity {
        self.inner.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let store = self.inner.tenant(tenant);
        TenantStore {
            log: Arc::new(GatedLog {
                inner: store.log,
                gate: Arc::clone(&self.gate),
            }),
            ..store
        }
    }
}

#[derive(Debug)]
struct GatedLog {
    inner: Arc<dyn EventLog>,
    gate: Arc<Gate>,
}

#[async_trait]
impl EventLog for GatedLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        self.gate.arrived.add_permits(1);
        self.gate.open.acquire().await.unwrap().forget();
        self.inner.append(append).await
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.inner.settle(append).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        self.inner.read_streams(read).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.inner.read_feed(read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.inner.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.inner.dictionary().await
    }
}
