use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing_core::{Limits, Position, TenantId};

use super::Recorder;

/// A store that records what it is asked and what it answers, in one history for each tenant.
///
/// An append counts as a command that was decided on its conditions.
#[derive(Clone, Debug)]
pub struct RecordingStore {
    store: Arc<dyn EventStore>,
    recorders: Arc<Mutex<HashMap<TenantId, Recorder>>>,
    client: u32,
}

impl RecordingStore {
    /// Records whatever goes through this handle and its clones to the store.
    pub fn new(store: Arc<dyn EventStore>) -> Self {
        Self {
            store,
            recorders: Arc::default(),
            client: 0,
        }
    }

    /// A handle to the same store, writing the same histories, for the client of this number.
    #[must_use]
    pub fn client(&self, client: u32) -> Self {
        Self {
            client,
            ..self.clone()
        }
    }

    /// The recorder of a tenant's history.
    pub fn recorder(&self, tenant: &TenantId) -> Recorder {
        let mut recorders = self.recorders.lock().unwrap_or_else(PoisonError::into_inner);
        recorders.entry(tenant.clone()).or_default().clone()
    }
}

#[deny(clippy::missing_trait_methods, reason = "a wrapper hands everything on")]
impl EventStore for RecordingStore {
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
        let inner = self.store.tenant(tenant);
        let log = RecordingLog {
            log: inner.log,
            recorder: self.recorder(tenant),
            client: self.client,
        };
        TenantStore {
            log: Arc::new(log),
            ..inner
        }
    }
}

#[derive(Debug)]
struct RecordingLog {
    log: Arc<dyn EventLog>,
    recorder: Recorder,
    client: u32,
}

#[async_trait]
#[deny(clippy::missing_trait_methods, reason = "a wrapper hands everything on")]
impl EventLog for RecordingLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        let pending = self.recorder.begin_append(self.client, Arc::clone(&append));
        let answer = self.log.append(append).await;
        pending.answered(&answer);
        answer
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        let pending = self.recorder.begin_query(self.client);
        let settled = self.log.settle(Arc::clone(&append)).await?;
        pending.settled(&append, &settled);
        Ok(settled)
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        let pending = self.recorder.begin_query(self.client);
        let answer = self.log.read_streams(read).await?;
        pending.streams(read, &answer);
        Ok(answer)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        let pending = self.recorder.begin_query(self.client);
        let page = self.log.read_feed(read).await?;
        pending.feed(read, &page);
        Ok(page)
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}
