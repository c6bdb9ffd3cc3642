use super::super::state_cache::{KeptStates, Quiet, Reached, StateCache};
use super::probe::{Added, stream};
use crate::event::Recorded;
use crate::state::State;
use crate::store::{StoreEpoch, StoreId, StoreIdentity};
use crate::{StreamId, TenantId, Version};

/// As large as it says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sized {
    bytes: usize,
}

impl State for Sized {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Added>) {}

    fn memory(&self) -> usize {
        self.bytes
    }
}

#[derive(Clone, Default)]
struct Other;

impl State for Other {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Added>) {}
}

fn store(life: u128) -> StoreIdentity {
    StoreIdentity {
        id: StoreId::new(uuid::Uuid::from_u128(1)),
        epoch: StoreEpoch::new(uuid::Uuid::from_u128(life)),
    }
}

fn states(cache: &StateCache) -> KeptStates {
    cache.of(&TenantId::DEFAULT, store(1))
}

fn at(version: u64) -> Reached {
    Reached {
        version: Version::new(version),
        snapshot: Version::ABSENT,
        quiet: Quiet::default(),
    }
}

/// Keeps the state of `a` at version 9, and tells whether it was.
fn keep(states: &KeptStates, bytes: usize, read: u64) -> bool {
    states.keep(&stream("a"), &Sized { bytes }, at(9), read)
}

/// The version and the size of the state that is kept of a stream.
fn kept(states: &KeptStates, id: &str) -> Option<(u64, usize)> {
    let mut state = Sized::default();
    let reached = states.take_up(&stream(id), &mut state)?;
    Some((reached.version.get(), state.bytes))
}

#[test]
fn a_state_is_found_by_tenant_type_and_stream() {
    let cache = StateCache::new(100_000, store(1));
    assert!(keep(&states(&cache), 8, 1));
    assert_eq!(kept(&states(&cache), "a"), Some((9, 8)));

    assert_eq!(kept(&states(&cache), "b"), None, "another stream");
    assert_eq!(
        states(&cache).take_up(&stream("a"), &mut Other),
        None,
        "another type"
    );
    let tenant = TenantId::new("other").unwrap();
    assert_eq!(kept(&cache.of(&tenant, store(1)), "a"), None, "another tenant");
}

#[test]
fn what_was_kept_last_counts() {
    let cache = StateCache::new(100_000, store(1));
    let states = states(&cache);
    keep(&states, 8, 1);
    states.keep(&stream("a"), &Sized { bytes: 16 }, at(10), 1);
    assert_eq!(kept(&states, "a"), Some((10, 16)));
}

#[test]
fn a_large_state_is_kept_only_once_it_has_taken_many_events() {
    let cache = StateCache::new(1 << 20, store(1));
    let states = states(&cache);
    assert!(!keep(&states, 8, 0), "it is there already");
    assert!(keep(&states, 3_000, 1));
    assert!(!keep(&states, 300_000, 70));
    assert!(keep(&states, 300_000, 80));
}

#[test]
fn states_take_no_more_memory_than_allowed() {
    const BYTES: usize = 1 << 20;
    const EACH: usize = 3_000;
    let cache = StateCache::new(BYTES, store(1));
    let states = states(&cache);
    let ids: Vec<_> = (0..1_000).map(|n| format!("a-{n}")).collect();
    for id in &ids {
        states.keep(&stream(id), &Sized { bytes: EACH }, at(1), 1);
    }
    let left = ids.iter().filter(|id| kept(&states, id).is_some()).count();
    assert!(left * EACH <= BYTES && left > 100, "{left}");
}

#[test]
fn a_state_that_takes_more_than_half_of_it_all_is_not_kept() {
    let cache = StateCache::new(10_000, store(1));
    assert!(!keep(&states(&cache), 5_000, 1_000));
    assert!(keep(&states(&cache), 4_000, 1_000));
}

#[test]
fn without_memory_nothing_is_kept() {
    let cache = StateCache::new(0, store(1));
    assert!(!keep(&states(&cache), 0, 1_000));
    assert_eq!(kept(&states(&cache), "a"), None);
}

#[test]
fn a_store_that_was_restored_begins_without_states_and_gets_none_from_commands_that_began_before() {
    let cache = StateCache::new(100_000, store(1));
    let before = states(&cache);
    keep(&before, 8, 1);
    let after = cache.of(&TenantId::DEFAULT, store(2));
    keep(&before, 8, 1);
    assert_eq!(kept(&after, "a"), None);
}

#[test]
fn when_all_is_forgotten_it_is_for_those_who_are_busy_too_and_what_comes_later_is_kept() {
    let cache = StateCache::new(100_000, store(1));
    let busy = states(&cache);
    keep(&busy, 8, 1);
    states(&cache).forget_all();

    assert_eq!(kept(&busy, "a"), None);
    assert!(!keep(&busy, 8, 1));
    assert!(keep(&states(&cache), 8, 1));
    assert_eq!(kept(&states(&cache), "a"), Some((9, 8)));
}
