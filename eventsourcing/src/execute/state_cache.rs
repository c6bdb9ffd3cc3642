use std::any::{Any, TypeId};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::command::Folded;
use crate::store::StoreIdentity;
use crate::{StreamId, TenantId, Version};

/// States that commands have folded, for later commands to go on from. Bounded by memory.
///
/// A state saves reading and folding its stream again, and nothing else: whoever takes one up asks the store for what came
/// after it, and so learns the head of the stream. What is decided is decided on the same state, at the same moment, and
/// under the same conditions as without a cache.
///
/// A state is found by tenant, type and stream. These determine it, together with its version: the types of events that it
/// is folded from belong to its type; and the key that [`State::apply`](crate::state::State::apply) is given is the one
/// that names the stream, whichever field of whichever command it came from, since two keys that differ name two streams.
///
/// This holds for one log. A store that was restored from a backup may continue otherwise: its identity changes then, and
/// with the identity all states are forgotten. Should a store go back without telling, that is noticed when the head of a
/// stream lies before a state, as no read may see less than an earlier one: then they are all forgotten, too.
pub(super) struct StateCache {
    bytes: usize,
    current: RwLock<Arc<Life>>,
}

/// The states of one life of the store. Commands that are still busy with an older one leave nothing in a newer one.
struct Life {
    store: StoreIdentity,
    is_over: AtomicBool,
    /// `None` if nothing is to be kept.
    states: Option<Cache<Key, Kept, ByMemory>>,
}

/// The states of one tenant, as a command sees them.
#[derive(Clone)]
pub(crate) struct KeptStates {
    tenant: TenantId,
    life: Arc<Life>,
}

type Key = (TenantId, TypeId, StreamId);

#[derive(Clone)]
struct Kept {
    state: Arc<dyn Any + Send + Sync>,
    reached: Reached,
    memory: usize,
}

/// How far a state has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    /// The head of the stream when it had been folded.
    pub(super) version: Version,
    /// The version of the newest snapshot that is known of it.
    pub(super) snapshot: Version,
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<Key, Kept> for ByMemory {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        weight(kept.memory)
    }
}

/// What a state takes, with its key and its place in the tables.
fn weight(memory: usize) -> u64 {
    const AROUND_IT: usize = 256;
    u64::try_from(memory.saturating_add(AROUND_IT)).unwrap_or(u64::MAX)
}

impl StateCache {
    /// A cache of so many bytes.
    pub(super) fn new(bytes: usize, store: StoreIdentity) -> Self {
        Self {
            bytes,
            current: RwLock::new(Arc::new(Life::new(bytes, store))),
        }
    }

    /// What is kept of a tenant; nothing that was folded from another store, or in another life of it.
    pub(super) fn of(&self, tenant: &TenantId, store: StoreIdentity) -> KeptStates {
        let current = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        let life = if current.is_of(store) {
            current
        } else {
            self.begin_life(store)
        };
        KeptStates {
            tenant: tenant.clone(),
            life,
        }
    }

    fn begin_life(&self, store: StoreIdentity) -> Arc<Life> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if !current.is_of(store) {
            *current = Arc::new(Life::new(self.bytes, store));
        }
        Arc::clone(&current)
    }
}

impl fmt::Debug for StateCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateCache")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Life {
    fn new(bytes: usize, store: StoreIdentity) -> Self {
        Self {
            store,
            is_over: AtomicBool::new(false),
            states: (bytes > 0).then(|| table(bytes)),
        }
    }

    fn is_of(&self, store: StoreIdentity) -> bool {
        self.store == store && !self.is_over.load(Ordering::Acquire)
    }

    fn states(&self) -> Option<&Cache<Key, Kept, ByMemory>> {
        self.states
            .as_ref()
            .filter(|_| !self.is_over.load(Ordering::Acquire))
    }
}

/// One shard for every four mebibytes: many enough that threads hardly meet, and none too small for a large state.
fn table(bytes: usize) -> Cache<Key, Kept, ByMemory> {
    const BYTES_OF_A_SHARD: usize = 4 << 20;
    const BYTES_OF_A_STATE: usize = 512;
    let options = OptionsBuilder::new()
        .shards((bytes / BYTES_OF_A_SHARD).max(1))
        .estimated_items_capacity(bytes / BYTES_OF_A_STATE)
        .weight_capacity(u64::try_from(bytes).unwrap_or(u64::MAX))
        .build();
    match options {
        Ok(options) => Cache::with_options(
            options,
            ByMemory,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ),
        Err(_) => unreachable!("both capacities are given"),
    }
}

impl KeptStates {
    /// Lets a state go on from what is kept of its stream, and tells how far that was folded.
    pub(super) fn take_up(&self, stream: &StreamId, state: &mut dyn Folded) -> Option<Reached> {
        let kept = self.life.states()?.get(&self.key(stream, state))?;
        state.take_up(&*kept.state).then_some(kept.reached)
    }

    /// Keeps a state, if so many versions of its stream had to be read since the one that is kept, which it replaces.
    ///
    /// It is cloned for that. As events cost some 4 µs each to read, decode and fold, and memory some 1 ns a byte to copy,
    /// it is worth it once the next command would have to spend more on the events: for a small state with every event, for
    /// a large one now and then.
    pub(super) fn keep(&self, stream: &StreamId, state: &dyn Folded, reached: Reached, read: u64) -> bool {
        const BYTES_WORTH_AN_EVENT: u64 = 4_096;
        let memory = state.memory();
        let Some(states) = self.life.states() else {
            return false;
        };
        let is_worth_it = weight(memory) <= read.saturating_mul(BYTES_WORTH_AN_EVENT);
        let is_too_large = weight(memory) > states.shard_capacity() / 2;
        if !is_worth_it || is_too_large {
            return false;
        }
        let kept = Kept {
            state: state.keep(),
            reached,
            memory,
        };
        states.insert(self.key(stream, state), kept);
        true
    }

    /// Notes that a snapshot is taken at a version; gives the state, if that is the one that is kept.
    pub(super) fn note_snapshot(
        &self,
        stream: &StreamId,
        state: &dyn Folded,
        at: Version,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
        let states = self.life.states()?;
        let key = self.key(stream, state);
        let mut kept = states.get(&key)?;
        kept.reached.snapshot = kept.reached.snapshot.max(at);
        let of_this_version = (kept.reached.version == at).then(|| Arc::clone(&kept.state));
        states.insert(key, kept);
        of_this_version
    }

    /// The store does not hold what it held before: forgets all states, of all tenants.
    pub(super) fn forget_all(&self) {
        self.life.is_over.store(true, Ordering::Release);
    }

    fn key(&self, stream: &StreamId, state: &dyn Folded) -> Key {
        let state: &dyn Any = state;
        (self.tenant.clone(), state.type_id(), stream.clone())
    }
}
