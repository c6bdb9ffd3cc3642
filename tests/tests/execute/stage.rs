//! A store in memory on which tests say what happens at the next call.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use eventsourcing::memory::MemoryStore;
use eventsourcing::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing::{Position, TenantId};

type Log = Arc<dyn EventLog>;
type Doing<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Scene<Asked, Answer> = Box<dyn FnOnce(Log, Asked) -> Doing<Answer> + Send>;

/// What happens at the next calls of one kind; after that, calls go straight to the store.
struct Scenes<Asked, Answer>(Mutex<VecDeque<Scene<Asked, Answer>>>);

impl<Asked, Answer> Scenes<Asked, Answer> {
    fn add<F>(&self, scene: impl FnOnce(Log, Asked) -> F + Send + 'static)
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let scene: Scene<Asked, Answer> = Box::new(|log, asked| Box::pin(scene(log, asked)));
        self.0.lock().unwrap().push_back(scene);
    }

    fn next(&self) -> Option<Scene<Asked, Answer>> {
        self.0.lock().unwrap().pop_front()
    }
}

impl<Asked, Answer> Default for Scenes<Asked, Answer> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Default)]
struct Script {
    appends: Scenes<Arc<Append>, Result<Appended, AppendError>>,
    reads: Scenes<ReadStreams, Result<StreamsRead, ReadError>>,
    dictionaries_read: AtomicU32,
}

/// A store in memory on which tests say what happens at the next call.
#[derive(Clone, Default)]
pub struct Stage {
    store: MemoryStore,
    script: Arc<Script>,
    slow: bool,
}

impl Stage {
    /// On this one every call lets others go first, before it takes effect and before it is answered.
    pub fn slow() -> Self {
        Self {
            slow: true,
            ..Self::default()
        }
    }

    /// The same store, on which nothing was said.
    pub fn undisturbed(&self) -> MemoryStore {
        self.store.clone()
    }

    /// Happens instead of the next append that nothing was said about yet.
    pub fn on_append<F>(&self, scene: impl FnOnce(Log, Arc<Append>) -> F + Send + 'static)
    where
        F: Future<Output = Result<Appended, AppendError>> + Send + 'static,
    {
        self.script.appends.add(scene);
    }

    /// Happens instead of the next read of streams.
    pub fn on_read<F>(&self, scene: impl FnOnce(Log, ReadStreams) -> F + Send + 'static)
    where
        F: Future<Output = Result<StreamsRead, ReadError>> + Send + 'static,
    {
        self.script.reads.add(scene);
    }

    /// How often somebody has looked into a dictionary.
    pub fn dictionaries_read(&self) -> u32 {
        self.script.dictionaries_read.load(Ordering::Relaxed)
    }

    /// Something else happens right before the next append.
    pub fn meanwhile(&self, something: impl Future<Output: Send> + Send + 'static) {
        self.on_append(|log, append| async move {
            something.await;
            log.append(append).await
        });
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

impl EventStore for Stage {
    fn identity(&self) -> StoreIdentity {
        self.store.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let inner = self.store.tenant(tenant);
        let log = StagedLog {
            log: inner.log,
            script: Arc::clone(&self.script),
            slow: self.slow,
        };
        TenantStore {
            log: Arc::new(log),
            ..inner
        }
    }
}

struct StagedLog {
    log: Log,
    script: Arc<Script>,
    slow: bool,
}

impl StagedLog {
    async fn play<T>(&self, call: impl Future<Output = T>) -> T {
        self.let_others_go_first().await;
        let answer = call.await;
        self.let_others_go_first().await;
        answer
    }

    async fn let_others_go_first(&self) {
        if self.slow {
            tokio::task::yield_now().await;
        }
    }
}

impl fmt::Debug for StagedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.log.fmt(f)
    }
}

#[async_trait]
impl EventLog for StagedLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        match self.script.appends.next() {
            Some(scene) => self.play(scene(Arc::clone(&self.log), append)).await,
            None => self.play(self.log.append(append)).await,
        }
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.play(self.log.settle(append)).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        match self.script.reads.next() {
            Some(scene) => self.play(scene(Arc::clone(&self.log), read.clone())).await,
            None => self.play(self.log.read_streams(read)).await,
        }
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.play(self.log.read_feed(read)).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.play(self.log.wait_beyond(position)).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.script.dictionaries_read.fetch_add(1, Ordering::Relaxed);
        self.play(self.log.dictionary()).await
    }
}
