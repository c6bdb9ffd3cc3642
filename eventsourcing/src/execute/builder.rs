use std::sync::Arc;

use super::catalog::Catalog;
use super::executor::Inner;
use super::queue::Queues;
use super::stores::Stores;
use super::{Executor, RetryPolicy};
use crate::command::Resources;
use crate::environment::Environment;
use crate::event::Event;
use crate::snapshot::{SnapshotPolicy, Snapshotting};
use crate::store::EventStore;
use crate::stream::{StreamKey, the_category_of};
use crate::{Category, Clock, EventTypes};

/// Builds an [`Executor`].
#[must_use = "call `build` to make the executor"]
#[derive(Debug)]
pub struct ExecutorBuilder {
    store: Arc<dyn EventStore>,
    elsewhere: Vec<(Category, Arc<dyn EventStore>)>,
    environment: Environment,
    policy: RetryPolicy,
    max_streams: usize,
    longest_queue: usize,
    state_cache: usize,
    snapshots: SnapshotPolicy,
    resources: Resources,
    catalog: Catalog,
}

impl ExecutorBuilder {
    pub(super) fn new(store: Arc<dyn EventStore>) -> Self {
        Self {
            store,
            elsewhere: Vec::new(),
            environment: Environment::default(),
            policy: RetryPolicy::default(),
            max_streams: 256,
            longest_queue: 4_096,
            state_cache: 32 << 20,
            snapshots: SnapshotPolicy::default(),
            resources: Resources::default(),
            catalog: Catalog::default(),
        }
    }

    /// Keeps the streams of a category in another store: those that keys of this type name. All other streams are in the
    /// store that the executor was made with.
    ///
    /// Nothing is appended to two stores at once, so a command whose streams are in two of them is refused as
    /// [`AcrossStores`](super::AcrossStores). Several categories may be in the same store; two handles are of the same store
    /// if they have the same [identity](EventStore::identity). Command ids are of one store each. Streams that are in
    /// the one store already are not moved to the other.
    ///
    /// It does not compile for a key that can name streams of any category:
    ///
    /// ```compile_fail
    /// # use eventsourcing::{StreamId, execute::Executor, memory::MemoryStore};
    /// Executor::builder(MemoryStore::new()).store_for::<StreamId>(MemoryStore::new());
    /// ```
    pub fn store_for<K: StreamKey>(mut self, store: impl EventStore) -> Self {
        let category = Category::from_static(const { the_category_of::<K>() });
        self.elsewhere.retain(|(placed, _)| *placed != category);
        self.elsewhere.push((category, Arc::new(store)));
        self
    }

    /// Makes event types known that no command reads or emits, but that are stored in the same categories. Without this,
    /// an executor takes them for types that were renamed, and refuses to decide without them.
    pub fn events<E: Event>(mut self) -> Self {
        self.know(const { &E::TYPES });
        self
    }

    /// The same, of event types that are at hand.
    pub(crate) fn know(&mut self, types: &'static EventTypes) {
        self.catalog.add(types);
    }

    /// Something that commands may use to prepare themselves: an HTTP client, a price list. One of each type.
    pub fn resource<T: Send + Sync + 'static>(mut self, resource: T) -> Self {
        self.resources.insert(resource);
        self
    }

    /// How often, and after which pauses, commands are tried, and how long they may take.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// How many streams a command may name, discovered ones included; 256 by default. One counts each time it is named.
    pub fn max_streams(mut self, streams: usize) -> Self {
        self.max_streams = streams;
        self
    }

    /// How many commands may be busy with the same stream or wait for it, if they write to it; 4,096 by default. Further
    /// ones are refused as overloaded.
    pub fn longest_queue(mut self, commands: usize) -> Self {
        self.longest_queue = commands;
        self
    }

    /// How much memory folded states may take, in bytes, so that a command reads only what is new in its streams; 32 MiB by
    /// default. With 0 none are kept, and streams are read from their start. Several stores have equal shares of it.
    ///
    /// What counts is [`State::memory`](crate::state::State::memory), and some 256 bytes around each. States that were used
    /// lately and often stay. A state of more than 2 MiB, or of more than half of all, is not kept; nor is one that folds
    /// several streams, `#[command(state = S)]`.
    pub fn state_cache(mut self, bytes: usize) -> Self {
        self.state_cache = bytes;
        self
    }

    /// When [snapshots](crate::snapshot) are taken of the states that have them, and how often they are verified; by default
    /// every 100 versions, and one load in 100.
    pub fn snapshots(mut self, policy: SnapshotPolicy) -> Self {
        self.snapshots = policy;
        self
    }

    /// Where the time of day comes from; the clock of the machine by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.environment.clock = Arc::new(clock);
        self
    }

    /// Where time, ids and tasks come from, all of them: replaces what [`clock`](Self::clock) has set before.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// The same on the store as somebody else shows it.
    pub(crate) fn map_store(mut self, show: impl FnOnce(Arc<dyn EventStore>) -> Arc<dyn EventStore>) -> Self {
        self.store = show(self.store);
        self
    }

    /// The executor.
    pub fn build(self) -> Executor {
        let spawn = Arc::clone(&self.environment.spawn);
        Executor::from_inner(Inner {
            snapshots: Arc::new(Snapshotting::new(self.snapshots, spawn)),
            stores: Stores::new(self.store, self.elsewhere, self.state_cache, &self.catalog),
            environment: self.environment,
            policy: self.policy,
            max_streams: self.max_streams,
            resources: self.resources,
            queues: Queues::new(self.longest_queue),
            gate: Arc::default(),
        })
    }
}
