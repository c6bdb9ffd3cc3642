//! Stores of a process that dies at a certain call.

use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use eventsourcing::environment::Spawn;
use eventsourcing::store::{
    Append, AppendError, Appended, Capabilities, Checkpoint, CheckpointError, CheckpointStore, Dictionary,
    EventLog, EventStore, FeedError, FeedPage, ReadError, ReadFeed, ReadStreams, Settled, StoreError,
    StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing::{Limits, Position, TenantId};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// When a process dies, counted from the end of its start: before one of its calls of any store has done anything, or when it is done and its answer is on its
/// way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    Before(u32),
    After(u32),
    /// After an event of this type was appended.
    AfterEvent(&'static str),
    /// It does not die: it stands still before it appends an event of one of these types, with all that it does, until it is
    /// let go.
    HeldBefore(&'static [&'static str]),
}

/// A process, as its stores know it: it lives up to a certain call.
#[derive(Debug)]
pub struct Process {
    death: Death,
    has_started: AtomicBool,
    calls: AtomicU32,
    died: Notify,
    held: Notify,
    let_go: Notify,
    stands_still: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl Process {
    pub fn until(death: Death) -> Arc<Self> {
        Arc::new(Self {
            death,
            has_started: AtomicBool::new(false),
            calls: AtomicU32::new(0),
            died: Notify::new(),
            held: Notify::new(),
            let_go: Notify::new(),
            stands_still: watch::Sender::new(false),
            tasks: Mutex::default(),
        })
    }

    /// A store as the process sees it.
    pub fn sees(self: &Arc<Self>, store: Arc<dyn EventStore>) -> MortalStore {
        MortalStore {
            process: Arc::clone(self),
            store,
        }
    }

    /// Does something until the process dies, and ends all its tasks. Tells whether it has survived.
    pub async fn run(&self, work: impl Future<Output = ()>) -> bool {
        let survived = tokio::select! {
            biased;
            () = self.died.notified() => false,
            () = work => true,
        };
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        tasks.shutdown().await;
        survived
    }

    /// Its calls count from now on.
    pub fn has_started(&self) {
        self.has_started.store(true, Ordering::SeqCst);
    }

    /// Waits until it stands still.
    pub async fn is_held(&self) {
        self.held.notified().await;
    }

    /// Lets it go on.
    pub fn let_go(&self) {
        self.let_go.notify_one();
    }

    async fn append(&self, log: &dyn EventLog, append: Arc<Append>) -> Result<Appended, AppendError> {
        let first = append.events.first();
        let event_type = first.map_or_else(String::new, |event| event.event_type.to_string());
        match self.death {
            Death::HeldBefore(types) if types.contains(&&*event_type) => {
                self.stands_still.send_replace(true);
                self.held.notify_one();
                self.let_go.notified().await;
                let appended = log.append(append).await;
                self.stands_still.send_replace(false);
                appended
            }
            Death::AfterEvent(last) if last == event_type => {
                let _ = log.append(append).await;
                self.die().await
            }
            _ => self.call(log.append(append)).await,
        }
    }

    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        let mut stands_still = self.stands_still.subscribe();
        stands_still.wait_for(|stands_still| !stands_still).await.unwrap();
        if !self.has_started.load(Ordering::SeqCst) {
            return call.await;
        }
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.death {
            Death::Before(last) if number >= last => self.die().await,
            Death::After(last) if number > last => self.die().await,
            Death::After(last) if number == last => {
                call.await;
                self.die().await
            }
            _ => call.await,
        }
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        pending().await
    }
}

/// The tasks of the process, which die with it.
#[derive(Clone, Debug)]
pub struct Tasks(pub Arc<Process>);

impl Spawn for Tasks {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.tasks.lock().unwrap().spawn(task);
    }
}

#[derive(Clone, Debug)]
pub struct MortalStore {
    process: Arc<Process>,
    store: Arc<dyn EventStore>,
}

impl EventStore for MortalStore {
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
            tenant: within.tenant,
            log: Arc::new(MortalLog(Arc::clone(&self.process), within.log)),
            checkpoints: Arc::new(MortalCheckpoints(Arc::clone(&self.process), within.checkpoints)),
            // Process managers keep no rows, hold no leases, and what they send is not read from snapshots here.
            rows: within.rows,
            leases: within.leases,
            snapshots: within.snapshots,
        }
    }
}

#[derive(Debug)]
struct MortalLog(Arc<Process>, Arc<dyn EventLog>);

#[async_trait]
impl EventLog for MortalLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        self.0.append(&*self.1, append).await
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        self.0.call(self.1.settle(append)).await
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        self.0.call(self.1.read_streams(read)).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.0.call(self.1.read_feed(read)).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.1.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.0.call(self.1.dictionary()).await
    }
}

#[derive(Debug)]
struct MortalCheckpoints(Arc<Process>, Arc<dyn CheckpointStore>);

#[async_trait]
impl CheckpointStore for MortalCheckpoints {
    async fn load(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.0.call(self.1.load(name)).await
    }

    async fn save(&self, name: &str, checkpoint: Checkpoint) -> Result<(), CheckpointError> {
        self.0.call(self.1.save(name, checkpoint)).await
    }

    async fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.0.call(self.1.forget(name)).await
    }
}
