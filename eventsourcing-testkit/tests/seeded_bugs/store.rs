use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use eventsourcing_core::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, DictionarySize, EventLog, EventStore, FeedError,
    FeedPage, ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_memory::MemoryStore;
use tokio::sync::watch;
use tokio::task::yield_now;

use crate::bug::Bug;
use crate::state::State;

/// A store for one tenant, as plain as can be, so that bugs can be put into every part of it.
///
/// Others get a chance to run within each call, as they would during a round trip to a database.
#[derive(Clone, Debug)]
pub(crate) struct BuggyStore {
    log: Arc<BuggyLog>,
    /// For what has no bugs.
    memory: MemoryStore,
}

impl BuggyStore {
    pub(crate) fn new(bug: Option<Bug>) -> Self {
        let memory = MemoryStore::new();
        let log = BuggyLog {
            bug,
            identity: memory.identity(),
            state: Mutex::new(State::new(bug)),
            head: watch::Sender::default(),
        };
        Self {
            log: Arc::new(log),
            memory,
        }
    }
}

impl EventStore for BuggyStore {
    fn identity(&self) -> StoreIdentity {
        self.memory.identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.memory.capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        TenantStore {
            log: Arc::<BuggyLog>::clone(&self.log),
            ..self.memory.tenant(tenant)
        }
    }
}

#[derive(Debug)]
struct BuggyLog {
    bug: Option<Bug>,
    identity: StoreIdentity,
    state: Mutex<State>,
    head: watch::Sender<Position>,
}

impl BuggyLog {
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn append_at_once(&self, append: &Append) -> Result<Appended, AppendError> {
        if self.has(Bug::ChecksConditionsBeforeLocking) {
            self.lock().check_conditions(append)?;
            yield_now().await;
        }
        let position = self.lock().reserve_early(append.events.len());
        if position.is_some() {
            for _ in 0..10 {
                yield_now().await;
            }
        }
        self.lock().append(append, position)
    }

    /// Each event on its own, the first of them under the conditions.
    async fn append_one_by_one(&self, append: &Append) -> Result<Appended, AppendError> {
        let mut done = Appended {
            events: Vec::new(),
            position: Position::START,
            repeated: false,
        };
        for event in &append.events {
            let conditions = if done.events.is_empty() {
                append.conditions.clone()
            } else {
                Vec::new()
            };
            let alone = Append {
                conditions,
                events: vec![event.clone()],
                ..Append::default()
            };
            let next = self.lock().append(&alone, None)?;
            done.position = next.position;
            done.events.extend(next.events);
            yield_now().await;
        }
        Ok(done)
    }
}

#[async_trait]
impl EventLog for BuggyLog {
    async fn append(&self, append: Arc<Append>) -> Result<Appended, AppendError> {
        yield_now().await;
        let is_split =
            self.has(Bug::InterleavesAppends) && append.command.is_none() && !append.events.is_empty();
        let answer = if is_split {
            self.append_one_by_one(&append).await
        } else {
            self.append_at_once(&append).await
        };
        self.head.send_replace(self.lock().head());
        yield_now().await;
        answer
    }

    async fn settle(&self, append: Arc<Append>) -> Result<Settled, StoreError> {
        yield_now().await;
        Ok(match self.lock().settle(&append) {
            Some(appended) if !self.has(Bug::SettlesAsAbsent) => Settled::Present(appended),
            _ => Settled::Absent,
        })
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        yield_now().await;
        if !self.has(Bug::ReadsStreamsOneByOne) {
            return Ok(self.lock().read_streams(read)?);
        }
        let mut answer = StreamsRead {
            slices: Vec::new(),
            repeated: None,
            dictionary: DictionarySize::default(),
        };
        for stream in &read.streams {
            answer.slices.push(self.lock().read_stream(stream));
            yield_now().await;
        }
        Ok(answer)
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        yield_now().await;
        Ok(self.lock().read_feed(read, self.identity))
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        let mut head = self.head.subscribe();
        let moved = head.wait_for(|head| *head > position).await;
        moved
            .map(|head| *head)
            .map_err(|_| StoreError::broken("the store is gone"))
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        Ok(Dictionary::default())
    }
}
