//! Commands that go on from states that were kept.

use super::super::machine::{Effect, Input, Machine, Setup};
use super::super::state_cache::{KeptStates, StateCache};
use super::super::{Bug, ExecuteError};
use super::drive::{finish, load, loaded, paused, setup, try_machine};
use super::probe::{Added, recorded, slice, stream};
use crate::command::{Command, CommandLogic, Decide, Deciding};
use crate::event::Recorded;
use crate::state::State;
use crate::store::{StoreEpoch, StoreId, StoreIdentity, StreamSlice};
use crate::{RecordedEvent, StreamId, TenantId};

/// The versions that were folded.
#[derive(Clone, Debug, Default, PartialEq)]
struct Folded(Vec<u64>);

impl State for Folded {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, event: &Recorded<Added>) {
        self.0.push(event.version().get());
    }
}

/// How many events were folded.
#[derive(Clone, Debug, Default, PartialEq)]
struct Count(u64);

impl State for Count {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Added>) {
        self.0 += 1;
    }
}

/// What a command has seen; it refuses to do anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("seen")]
struct Seen(Vec<u64>, u64);

#[derive(Command)]
#[command(emits(Added))]
struct Look {
    #[stream(read, state = Folded)]
    folded: Option<StreamId>,
    #[stream(read, state = Count)]
    count: Option<StreamId>,
}

impl CommandLogic for Look {
    type Error = Seen;

    fn handle(&self, state: &LookState, _: &mut Decide<Self>) -> Result<(), Seen> {
        let folded = state.folded.clone().unwrap_or_default();
        let count = state.count.clone().unwrap_or_default();
        Err(Seen(folded.0, count.0))
    }
}

/// One state for two streams.
#[derive(Command)]
#[command(state = Count)]
struct CountBoth {
    #[stream(read)]
    left: StreamId,
    #[stream(read)]
    right: StreamId,
}

impl CommandLogic for CountBoth {
    type Error = Seen;

    fn handle(&self, state: &Count, _: &mut Decide<Self>) -> Result<(), Seen> {
        Err(Seen(Vec::new(), state.0))
    }
}

fn states() -> KeptStates {
    let store = StoreIdentity {
        id: StoreId::new(uuid::Uuid::nil()),
        epoch: StoreEpoch::new(uuid::Uuid::nil()),
    };
    StateCache::new(1 << 20, store).of(&TenantId::DEFAULT, store)
}

/// A machine that has its places, and what it reads first, as `stream after version`.
fn begun<C: CommandLogic>(command: C, states: &KeptStates) -> (Machine<Deciding<C>>, Vec<String>) {
    let states = Some(states.clone());
    let mut machine = try_machine(command, Setup { states, ..setup() }).unwrap();
    machine.start();
    let read = load(machine.resume(Input::PlacesTaken));
    (machine, read)
}

fn look(folded: Option<&str>, count: Option<&str>) -> Look {
    Look {
        folded: folded.map(stream),
        count: count.map(stream),
    }
}

fn seen<E: std::fmt::Debug>(effect: Effect<E>) -> E {
    finish(effect).unwrap_err().into_rejection().unwrap()
}

/// The events of `a` after a version, as many as the head says.
fn a(after: u64, head: u64) -> StreamSlice {
    let events: Vec<_> = (after + 1..=head)
        .map(|version| recorded(version, &[("a", version)]))
        .collect();
    slice(head, events)
}

#[test]
fn only_what_is_new_is_read_and_the_state_is_the_same() {
    let states = states();
    let (mut first, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 0"]);
    assert_eq!(seen(first.resume(loaded([a(0, 2)]))), Seen(vec![1, 2], 0));

    let (mut second, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 2"]);
    assert_eq!(seen(second.resume(loaded([a(2, 3)]))), Seen(vec![1, 2, 3], 0));

    let (mut third, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 3"]);
    assert_eq!(seen(third.resume(loaded([a(3, 3)]))), Seen(vec![1, 2, 3], 0));
}

#[test]
fn events_of_other_types_are_not_looked_at_again_either() {
    let states = states();
    let (mut first, _) = begun(look(Some("a"), None), &states);
    first.resume(loaded([slice(7, [])]));
    let (_, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 7"]);
}

#[test]
fn two_fields_with_different_states_of_one_stream_each_fold_what_they_lack() {
    let states = states();
    let (mut first, _) = begun(look(Some("a"), None), &states);
    first.resume(loaded([a(0, 2)]));

    let (mut both, read) = begun(look(Some("a"), Some("a")), &states);
    assert_eq!(read, ["a after 0"], "nothing is kept of the count");
    assert_eq!(seen(both.resume(loaded([a(0, 3)]))), Seen(vec![1, 2, 3], 3));

    let (mut again, read) = begun(look(Some("a"), Some("a")), &states);
    assert_eq!(read, ["a after 3"]);
    assert_eq!(seen(again.resume(loaded([a(3, 4)]))), Seen(vec![1, 2, 3, 4], 4));
}

#[test]
fn one_state_for_several_streams_is_neither_taken_up_nor_kept() {
    let states = states();
    let (mut first, _) = begun(look(None, Some("a")), &states);
    first.resume(loaded([a(0, 2)]));
    let both = || CountBoth {
        left: stream("a"),
        right: stream("b"),
    };

    for _ in 0..2 {
        let (mut machine, read) = begun(both(), &states);
        assert_eq!(read, ["a after 0", "b after 0"]);
        let slices = [a(0, 2), slice(1, [recorded(9, &[("b", 1)])])];
        assert_eq!(seen(machine.resume(loaded(slices))), Seen(vec![], 3));
    }
    let (_, read) = begun(look(None, Some("b")), &states);
    assert_eq!(read, ["b after 0"]);
}

#[test]
fn a_store_that_has_gone_back_is_read_from_the_start_and_all_states_are_forgotten() {
    let states = states();
    for id in ["a", "b"] {
        let (mut first, _) = begun(look(Some(id), None), &states);
        first.resume(loaded([slice(5, [])]));
    }

    let (mut machine, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 5"]);
    assert!(paused(&machine.resume(loaded([slice(3, [])]))));
    assert_eq!(load(machine.resume(Input::Paused)), ["a after 0"]);
    assert_eq!(seen(machine.resume(loaded([a(0, 3)]))), Seen(vec![1, 2, 3], 0));

    let (_, read) = begun(look(Some("b"), None), &states);
    assert_eq!(read, ["b after 0"]);
}

#[test]
fn an_event_that_cannot_be_read_leaves_what_is_kept_as_it_is() {
    let states = states();
    let (mut first, _) = begun(look(Some("a"), None), &states);
    first.resume(loaded([a(0, 2)]));

    let unreadable = RecordedEvent {
        payload: "?".into(),
        ..(*recorded(4, &[("a", 4)])).clone()
    };
    let (mut second, _) = begun(look(Some("a"), None), &states);
    let events = [recorded(3, &[("a", 3)]), unreadable.into()];
    let end = finish(second.resume(loaded([slice(4, events)])));
    assert!(matches!(end, Err(ExecuteError::Bug(Bug::UnreadableHistory(_)))));

    let (mut third, read) = begun(look(Some("a"), None), &states);
    assert_eq!(read, ["a after 2"]);
    assert_eq!(seen(third.resume(loaded([a(2, 3)]))), Seen(vec![1, 2, 3], 0));
}
