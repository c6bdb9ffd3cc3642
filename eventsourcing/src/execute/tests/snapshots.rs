//! Commands that go on from snapshots, and what they leave behind.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::machine::{Effect, Input, Machine, Setup, Snapshots};
use super::super::state_cache::{KeptStates, StateCache};
use super::drive::{append_failed, conflict, finish, load, load_failed, loaded, paused, setup, try_machine};
use super::probe::{Added, recorded, slice, stream};
use crate::command::{Command, CommandLogic, Decide, Deciding};
use crate::environment::TokioSpawn;
use crate::event::Recorded;
use crate::snapshot::{SnapshotCounts, SnapshotPolicy, Snapshotting, Work};
use crate::state::{State, state};
use crate::store::{
    SavedSnapshot, Snapshot, SnapshotError, SnapshotKey, StateFingerprint, StoreEpoch, StoreError, StoreId,
    StoreIdentity, StreamSlice,
};
use crate::{ContentType, StreamId, TenantId, Timestamp, Version};

/// The versions that were folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Folded(Vec<u64>);

#[state(name = "folded", version = 2)]
impl State for Folded {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, event: &Recorded<Added>) {
        self.0.push(event.version().get());
    }
}

/// How many events were folded. It has no snapshots.
#[derive(Clone, Debug, Default)]
struct Count(u64);

impl State for Count {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Added>) {
        self.0 += 1;
    }
}

/// What a command has seen of each stream; it refuses to do anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("seen")]
struct Seen(Vec<Vec<u64>>);

#[derive(Command)]
#[command(emits(Added))]
struct Look {
    #[stream(read, state = Folded)]
    folded: Vec<StreamId>,
    #[stream(read, state = Count)]
    count: Option<StreamId>,
    /// Whether it does something, and so meets conflicts.
    #[stream(append)]
    then: Option<StreamId>,
}

impl CommandLogic for Look {
    type Error = Seen;

    fn handle(&self, state: &LookState, cx: &mut Decide<Self>) -> Result<(), Seen> {
        let _ = state.count.as_ref().map(|count| count.0);
        match &self.then {
            Some(stream) => {
                cx.__emit(&Added(vec![stream.clone()]));
                Ok(())
            }
            None => Err(Seen(
                state.folded.iter().map(|(_, folded)| folded.0.clone()).collect(),
            )),
        }
    }
}

fn look(streams: &[&str]) -> Look {
    Look {
        folded: streams.iter().map(|id| stream(id)).collect(),
        count: None,
        then: None,
    }
}

/// Executors of one process.
struct Process {
    snapshotting: Arc<Snapshotting>,
    states: Option<KeptStates>,
}

impl Process {
    fn new(policy: SnapshotPolicy) -> Self {
        Self {
            snapshotting: Arc::new(Snapshotting::new(policy, Arc::new(TokioSpawn))),
            states: None,
        }
    }

    /// The same, which keeps states.
    fn with_states(policy: SnapshotPolicy) -> Self {
        let store = StoreIdentity {
            id: StoreId::new(uuid::Uuid::nil()),
            epoch: StoreEpoch::new(uuid::Uuid::nil()),
        };
        let cache = StateCache::new(1 << 20, store);
        Self {
            states: Some(cache.of(&TenantId::DEFAULT, store)),
            ..Self::new(policy)
        }
    }

    /// A machine that has its places, and what it does first.
    fn begin(&self, command: Look) -> (Machine<Deciding<Look>>, Effect<Seen>) {
        let setup = Setup {
            snapshots: Snapshots::Taken(Arc::clone(&self.snapshotting)),
            states: self.states.clone(),
            ..setup()
        };
        let mut machine = try_machine(command, setup).unwrap();
        machine.start();
        let effect = machine.resume(Input::PlacesTaken);
        (machine, effect)
    }

    fn counts(&self) -> SnapshotCounts {
        self.snapshotting.counts()
    }
}

/// A policy that tries no snapshot.
fn trusting(versions: u64) -> SnapshotPolicy {
    SnapshotPolicy::every(versions).verify_share(0.0)
}

/// The snapshots that are asked for.
fn wanted<E>(effect: Effect<E>) -> Vec<SnapshotKey> {
    match effect {
        Effect::LoadSnapshots(keys) => keys,
        _ => panic!("snapshots were to be loaded"),
    }
}

fn streams(keys: &[SnapshotKey]) -> Vec<&str> {
    keys.iter().map(|key| key.stream.as_str()).collect()
}

fn found(snapshots: impl IntoIterator<Item = Option<Snapshot>>) -> Input {
    let saved = |snapshot| SavedSnapshot {
        snapshot,
        saved_at: Timestamp::UNIX_EPOCH,
    };
    Input::SnapshotsLoaded(Ok(snapshots.into_iter().map(|found| found.map(saved)).collect()))
}

/// A snapshot at a version, in which so much was folded.
fn snapshot(key: &SnapshotKey, at: u64, folded: &[u64]) -> Snapshot {
    let payload = serde_json::to_vec(folded).unwrap();
    Snapshot::new(key.clone(), Version::new(at), ContentType::JSON, payload)
}

/// The events of a stream after a version, as many as the head says.
fn slice_of(id: &str, after: u64, head: u64) -> StreamSlice {
    let events: Vec<_> = (after + 1..=head)
        .map(|version| recorded(version, &[(id, version)]))
        .collect();
    slice(head, events)
}

fn seen(effect: Effect<Seen>) -> Vec<Vec<u64>> {
    finish(effect).unwrap_err().into_rejection().unwrap().0
}

/// What is to be done, as `save stream@version` and `forget stream`.
fn work(machine: &mut Machine<Deciding<Look>>) -> Vec<String> {
    work_after(machine, Duration::ZERO)
}

fn work_after(machine: &mut Machine<Deciding<Look>>, took: Duration) -> Vec<String> {
    let work = machine.take_work(took).into_iter();
    work.map(|work| match work {
        Work::Save(save) => format!("save {}@{}", save.key.stream, save.at),
        Work::Forget(stream) => format!("forget {stream}"),
    })
    .collect()
}

#[test]
fn only_what_came_after_a_snapshot_is_read_and_the_state_is_the_same() {
    let process = Process::new(trusting(100));
    let (mut machine, effect) = process.begin(look(&["a", "b"]));
    let keys = wanted(effect);
    assert_eq!(streams(&keys), ["a", "b"], "all at once");
    let key = &keys[0];
    assert_eq!((&*key.state, key.version.get()), ("folded", 2));

    let effect = machine.resume(found([Some(snapshot(key, 2, &[1, 2])), None]));
    assert_eq!(load(effect), ["a after 2", "b after 0"]);
    let effect = machine.resume(loaded([slice_of("a", 2, 3), slice_of("b", 0, 1)]));
    assert_eq!(seen(effect), [vec![1, 2, 3], vec![1]]);
    assert_eq!(process.counts().used, 1);
}

#[test]
fn states_without_snapshots_and_states_that_are_kept_are_not_asked_for() {
    let process = Process::with_states(trusting(100));
    let (_, effect) = process.begin(Look {
        count: Some(stream("a")),
        ..look(&[])
    });
    assert_eq!(load(effect), ["a after 0"]);

    let (mut first, effect) = process.begin(look(&["a"]));
    wanted(effect);
    first.resume(found([None]));
    first.resume(loaded([slice_of("a", 0, 2)]));
    let (_, effect) = process.begin(look(&["a"]));
    assert_eq!(load(effect), ["a after 2"]);
}

#[test]
fn no_snapshots_are_asked_for_where_none_are_to_be_used() {
    let (_, effect) = Process::new(SnapshotPolicy::never()).begin(look(&["a"]));
    assert_eq!(load(effect), ["a after 0"]);
}

#[test]
fn after_a_conflict_a_stream_is_not_asked_for_again() {
    let process = Process::new(trusting(100));
    let (mut machine, effect) = process.begin(Look {
        then: Some(stream("b")),
        ..look(&["a"])
    });
    wanted(effect);
    machine.resume(found([None]));
    machine.resume(loaded([slice(0, [])]));
    assert!(paused(&machine.resume(append_failed(conflict("a")))));
    assert_eq!(load(machine.resume(Input::Paused)), ["a after 0"]);
}

#[test]
fn a_store_that_gives_no_snapshots_is_asked_for_the_streams() {
    let process = Process::new(trusting(100));
    let (mut machine, effect) = process.begin(look(&["a"]));
    wanted(effect);
    let failed = SnapshotError::from(StoreError::unavailable("it is away"));
    let effect = machine.resume(Input::SnapshotsLoaded(Err(failed)));
    assert_eq!(load(effect), ["a after 0"]);
    assert_eq!(process.counts().failed, 1);
}

#[test]
fn a_snapshot_that_cannot_be_read_is_passed_over_and_replaced() {
    let other = |key: &SnapshotKey| SnapshotKey {
        fingerprint: StateFingerprint(0),
        ..key.clone()
    };
    let broken: [fn(&SnapshotKey) -> Snapshot; 4] = [
        |key| {
            let mut damaged = snapshot(key, 2, &[1, 2]);
            damaged.payload = b"[1,9]"[..].into();
            damaged
        },
        |key| Snapshot::new(key.clone(), Version::new(2), ContentType::JSON, "{}"),
        |key| {
            let binary = ContentType::new("application/cbor").unwrap();
            Snapshot::new(key.clone(), Version::new(2), binary, "[1,2]")
        },
        |key| {
            let of_another_stream = SnapshotKey {
                stream: stream("b"),
                ..key.clone()
            };
            snapshot(&of_another_stream, 2, &[1, 2])
        },
    ];
    for broken in broken {
        let process = Process::new(trusting(100));
        let (mut machine, effect) = process.begin(look(&["a"]));
        let keys = wanted(effect);
        let effect = machine.resume(found([Some(broken(&keys[0]))]));
        assert_eq!(load(effect), ["a after 0"]);
        let effect = machine.resume(loaded([slice_of("a", 0, 3)]));
        assert_eq!(seen(effect), [[1, 2, 3]]);
        assert_eq!(work(&mut machine), ["save a@3"]);
        assert_eq!((process.counts().unusable, process.counts().used), (1, 0));
    }
    let process = Process::new(trusting(100));
    let (mut machine, effect) = process.begin(look(&["a"]));
    let keys = wanted(effect);
    let of_other_code = snapshot(&other(&keys[0]), 2, &[1, 2]);
    assert_eq!(load(machine.resume(found([Some(of_other_code)]))), ["a after 0"]);
}

#[test]
fn a_snapshot_on_trial_is_held_against_the_whole_stream() {
    let process = Process::new(SnapshotPolicy::every(100).verify_share(1.0));
    let (mut machine, effect) = process.begin(look(&["a"]));
    let keys = wanted(effect);
    let effect = machine.resume(found([Some(snapshot(&keys[0], 2, &[1, 2]))]));
    assert_eq!(load(effect), ["a after 0"]);
    let effect = machine.resume(loaded([slice_of("a", 0, 3)]));
    assert_eq!(seen(effect), [[1, 2, 3]]);
    assert_eq!(work(&mut machine), [""; 0]);
    assert_eq!((process.counts().verified, process.counts().differed), (1, 0));
}

#[test]
fn a_command_that_goes_on_from_a_state_that_was_kept_meanwhile_holds_no_trial() {
    let process = Process::with_states(SnapshotPolicy::every(100).verify_share(1.0));
    let (mut slow, effect) = process.begin(look(&["a"]));
    let keys = wanted(effect);
    slow.resume(found([Some(snapshot(&keys[0], 2, &[1, 2]))]));
    assert!(paused(
        &slow.resume(load_failed(StoreError::unavailable("it is away")))
    ));

    let (mut other, effect) = process.begin(look(&["a"]));
    wanted(effect);
    other.resume(found([None]));
    other.resume(loaded([slice_of("a", 0, 3)]));

    assert_eq!(load(slow.resume(Input::Paused)), ["a after 3"]);
    assert_eq!(seen(slow.resume(loaded([slice_of("a", 3, 4)]))), [[1, 2, 3, 4]]);
    assert_eq!((process.counts().verified, process.counts().differed), (0, 0));
}

#[test]
fn where_a_snapshot_does_not_hold_the_whole_stream_counts_and_its_code_is_not_trusted_any_more() {
    for (at, wrong) in [(2, &[1, 9][..]), (2, &[1]), (4, &[1, 2, 3])] {
        let process = Process::new(SnapshotPolicy::every(1).verify_share(1.0));
        let (mut machine, effect) = process.begin(look(&["a"]));
        let keys = wanted(effect);
        machine.resume(found([Some(snapshot(&keys[0], at, wrong))]));
        let effect = machine.resume(loaded([slice_of("a", 0, 3)]));
        assert_eq!(seen(effect), [[1, 2, 3]]);
        assert_eq!(work(&mut machine), ["forget a"], "and none is taken");
        assert_eq!((process.counts().verified, process.counts().differed), (0, 1));

        let (mut next, effect) = process.begin(look(&["a", "b"]));
        assert_eq!(load(effect), ["a after 0", "b after 0"]);
        next.resume(loaded([slice_of("a", 0, 3), slice_of("b", 0, 3)]));
        assert_eq!(work(&mut next), [""; 0]);
    }
}

#[test]
fn a_snapshot_that_is_ahead_of_its_stream_is_forgotten_and_done_without() {
    let process = Process::new(trusting(100));
    let (mut machine, effect) = process.begin(look(&["a"]));
    let keys = wanted(effect);
    machine.resume(found([Some(snapshot(&keys[0], 5, &[1, 2, 3, 4, 5]))]));
    assert!(paused(&machine.resume(loaded([slice(3, [])]))));
    assert_eq!(work(&mut machine), ["forget a"]);
    assert_eq!(load(machine.resume(Input::Paused)), ["a after 0"]);
    let effect = machine.resume(loaded([slice_of("a", 0, 3)]));
    assert_eq!(seen(effect), [[1, 2, 3]]);
}

#[test]
fn a_snapshot_is_taken_each_time_that_the_stream_has_gone_on_far_enough() {
    let process = Process::with_states(trusting(3));
    let mut taken = Vec::new();
    let mut read = 0;
    for head in [2, 3, 5, 6, 9, 9] {
        let (mut machine, mut effect) = process.begin(look(&["a"]));
        if let Effect::LoadSnapshots(_) = effect {
            effect = machine.resume(found([None]));
        }
        assert_eq!(load(effect), [format!("a after {read}")]);
        machine.resume(loaded([slice_of("a", read, head)]));
        taken.extend(work(&mut machine));
        assert!(work(&mut machine).is_empty(), "it is handed in once");
        read = head;
    }
    assert_eq!(taken, ["save a@3", "save a@6", "save a@9"]);
}

#[test]
fn what_is_written_is_what_was_folded_and_found_by_whoever_comes_next() {
    let process = Process::new(trusting(2));
    let (mut machine, effect) = process.begin(look(&["a"]));
    let keys = wanted(effect);
    machine.resume(found([None]));
    machine.resume(loaded([slice_of("a", 0, 3)]));
    let [Work::Save(save)] = &machine.take_work(Duration::ZERO)[..] else {
        panic!("a snapshot was to be taken")
    };
    let taken = save.snapshot().unwrap();
    assert_eq!(taken, snapshot(&keys[0], 3, &[1, 2, 3]));
    assert_eq!(taken.key.version, NonZeroU32::new(2).unwrap());
}

#[test]
fn a_snapshot_is_taken_when_it_took_long() {
    let limit = Duration::from_millis(20);
    let process = Process::new(trusting(0).when_slower_than(limit));
    let slow = limit * 2;
    for (took, head, expected) in [(limit, 30, 0), (slow, 9, 0), (slow, 10, 1)] {
        let (mut machine, effect) = process.begin(look(&["a"]));
        wanted(effect);
        machine.resume(found([None]));
        machine.resume(loaded([slice_of("a", 0, head)]));
        assert_eq!(work_after(&mut machine, took).len(), expected);
    }
}

#[test]
fn a_snapshot_is_taken_after_an_event_that_asks_for_one() {
    let asking = crate::EventTypeName::from_static("test.Added");
    let process = Process::with_states(trusting(0).on(asking));
    let (mut machine, effect) = process.begin(look(&["a"]));
    wanted(effect);
    machine.resume(found([None]));
    machine.resume(loaded([slice_of("a", 0, 1)]));
    assert_eq!(work(&mut machine), ["save a@1"]);
    let (mut machine, _) = process.begin(look(&["a"]));
    machine.resume(loaded([slice(2, [])]));
    assert_eq!(work(&mut machine), [""; 0], "an event of another type");
}
