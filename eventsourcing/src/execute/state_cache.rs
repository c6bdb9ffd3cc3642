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
/// after it, and so learns the head of the stream, or lets the append find out that nothing did. What is decided is decided on
/// the same state, at the same moment, and under the same conditions as without a cache, or stricter ones.
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
    /// Where streams ended when this process had appended to them, so that a state that does not reach as far is known to be old.
    heads: Cache<(TenantId, StreamId), Version>,
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
    pub(super) quiet: Quiet,
}

/// How often in a row a stream was as this process had left it: nobody else had appended to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quiet(u8);

impl Quiet {
    const ENOUGH: u8 = 2;

    /// Once more.
    pub(super) fn longer(self) -> Self {
        Self((self.0 + 1).min(Self::ENOUGH))
    }

    /// Whether it is likely to be so once more. A stream that others append to as well is so by chance, but rarely twice in a row.
    pub(super) fn is_long(self) -> bool {
        self.0 >= Self::ENOUGH
    }
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
            heads: Cache::new(bytes / BYTES_FOR_A_HEAD),
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

/// One end of a stream is remembered for so many bytes of states.
const BYTES_FOR_A_HEAD: usize = 2_048;

/// Of a small one, with all that is around it.
const BYTES_OF_A_STATE: usize = 512;

/// One shard for every four mebibytes: many enough that threads hardly meet, and none too small for a large state.
fn table(bytes: usize) -> Cache<Key, Kept, ByMemory> {
    const BYTES_OF_A_SHARD: usize = 4 << 20;
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
        let kept = self.note(stream, state, |reached| {
            reached.snapshot = reached.snapshot.max(at);
        })?;
        (kept.reached.version == at).then_some(kept.state)
    }

    /// Notes how long a stream has been quiet.
    pub(super) fn note_quiet(&self, stream: &StreamId, state: &dyn Folded, quiet: Quiet) {
        self.note(stream, state, |reached| reached.quiet = quiet);
    }

    fn note(&self, stream: &StreamId, state: &dyn Folded, what: impl FnOnce(&mut Reached)) -> Option<Kept> {
        let states = self.life.states()?;
        let key = self.key(stream, state);
        let mut kept = states.get(&key)?;
        what(&mut kept.reached);
        states.insert(key, kept.clone());
        Some(kept)
    }

    /// Whether any are.
    pub(super) fn are_kept(&self) -> bool {
        self.life.states.is_some()
    }

    /// Notes how far this process itself has brought a stream.
    pub(super) fn note_head(&self, stream: &StreamId, head: Version) {
        self.life
            .heads
            .insert((self.tenant.clone(), stream.clone()), head);
    }

    /// Whether this process is known to have brought a stream further than that.
    pub(super) fn is_beyond(&self, stream: &StreamId, version: Version) -> bool {
        let head = self.life.heads.get(&(self.tenant.clone(), stream.clone()));
        head.is_some_and(|head| head > version)
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
