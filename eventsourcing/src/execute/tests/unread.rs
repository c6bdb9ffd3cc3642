//! Commands that decide on states that were kept, without reading.

use std::sync::Arc;

use super::super::machine::{Effect, Input, Machine, Setup};
use super::super::state_cache::{KeptStates, StateCache};
use super::super::{ExecuteError, RetryPolicy};
use super::drive::{append, append_failed, conflict, finish, load, loaded, setup, try_machine};
use super::probe::{Added, recorded, slice, stream};
use crate::command::{Command, CommandLogic, Decide, Deciding};
use crate::event::Recorded;
use crate::state::State;
use crate::store::sql::WorkError;
use crate::store::{
    Append, AppendError, Appended, InvalidAppend, StoreEpoch, StoreId, StoreIdentity, StreamSlice,
};
use crate::{Position, RecordedEvent, StreamId, StreamVersion, TenantId, TypeFilter, Version};

/// The versions that were folded.
#[derive(Clone, Debug, Default, PartialEq)]
struct Folded(Vec<u64>);

impl State for Folded {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, event: &Recorded<Added>) {
        let version = event.version().get();
        assert_ne!(version, PANICS_AT, "this one is not liked");
        self.0.push(version);
    }
}

const PANICS_AT: u64 = 13;

/// As large as a state can be that is not cloned for every event.
#[derive(Clone, Debug, Default)]
struct Large;

impl State for Large {
    type Key = StreamId;
    type Event = Added;

    fn apply(&mut self, _: &StreamId, _: &Recorded<Added>) {}

    fn memory(&self) -> usize {
        20_000
    }
}

/// What a command has seen, when it does not add anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("seen")]
struct Seen(Vec<u64>);

/// Adds an event, if that makes so many at most.
#[derive(Command)]
#[command(emits(Added))]
struct Add {
    #[stream(state = Folded)]
    to: StreamId,
    #[stream(read, state = Folded)]
    given: Option<StreamId>,
    most: usize,
}

impl CommandLogic for Add {
    type Error = Seen;

    fn handle(&self, state: &AddState, cx: &mut Decide<Self>) -> Result<(), Seen> {
        if state.to.0.len() >= self.most {
            return Err(Seen(state.to.0.clone()));
        }
        cx.__emit(&Added(vec![self.to.clone()]));
        Ok(())
    }
}

#[derive(Command)]
#[command(emits(Added))]
struct AddToLarge {
    #[stream(state = Large)]
    to: StreamId,
}

impl CommandLogic for AddToLarge {
    type Error = Seen;

    fn handle(&self, _: &AddToLargeState, cx: &mut Decide<Self>) -> Result<(), Seen> {
        cx.__emit(&Added(vec![self.to.clone()]));
        Ok(())
    }
}

fn add(most: usize) -> Add {
    Add {
        to: stream("a"),
        given: None,
        most,
    }
}

/// One process, in which commands go on from what earlier ones have left.
struct Process(KeptStates);

impl Process {
    fn new() -> Self {
        let store = StoreIdentity {
            id: StoreId::new(uuid::Uuid::nil()),
            epoch: StoreEpoch::new(uuid::Uuid::nil()),
        };
        Self(StateCache::new(1 << 20, store).of(&TenantId::DEFAULT, store))
    }

    /// In which `a` was read to version 2, and then quiet for long enough.
    fn with_a_quiet_stream() -> Self {
        let process = Self::new();
        process.looks(0, 2);
        process.looks(2, 2);
        process
    }

    /// What a command does first.
    fn begin<C: CommandLogic>(&self, command: C) -> (Machine<Deciding<C>>, Effect<C::Error>) {
        let states = Some(self.0.clone());
        let mut machine = try_machine(command, Setup { states, ..setup() }).unwrap();
        machine.may_go_unread();
        machine.start();
        let effect = machine.resume(Input::PlacesTaken);
        (machine, effect)
    }

    /// A command that reads `a` from one version to another, and does nothing.
    fn looks(&self, after: u64, head: u64) {
        let (mut machine, effect) = self.begin(add(0));
        assert_eq!(load(effect), [format!("a after {after}")]);
        finish(machine.resume(loaded([a(after, head)]))).unwrap_err();
    }

    /// A command that adds an event to `a`, without reading.
    fn adds(&self, version: u64) {
        let (mut machine, effect) = self.begin(add(usize::MAX));
        assert_eq!(conditions(&append(effect)), [format!("a at {}", version - 1)]);
        finish(machine.resume(appended(version))).unwrap();
    }
}

/// The events of `a` after a version, as many as the head says.
fn a(after: u64, head: u64) -> StreamSlice {
    let events: Vec<_> = (after + 1..=head).map(event).collect();
    slice(head, events)
}

fn event(version: u64) -> Arc<RecordedEvent> {
    recorded(version, &[("a", version)])
}

fn appended(version: u64) -> Input {
    Input::Appended(Ok(Appended {
        events: vec![event(version)],
        position: Position::new(version),
        repeated: false,
    }))
}

/// What an append depends on: `stream at version` if on all types.
fn conditions(append: &Append) -> Vec<String> {
    let conditions = append.conditions.iter();
    conditions
        .map(|condition| {
            let at = if condition.types == TypeFilter::All {
                "at"
            } else {
                "types at"
            };
            format!("{} {at} {}", condition.stream, condition.seen)
        })
        .collect()
}

fn seen<E: std::fmt::Debug>(effect: Effect<E>) -> E {
    finish(effect).unwrap_err().into_rejection().unwrap()
}

#[test]
fn a_command_goes_unread_once_its_streams_were_quiet_twice() {
    let process = Process::new();
    process.looks(0, 2);
    process.looks(2, 2);
    process.adds(3);
    process.adds(4);
}

#[test]
fn what_a_command_has_appended_itself_counts_as_quiet() {
    let process = Process::new();
    let (mut first, effect) = process.begin(add(9));
    assert_eq!(load(effect), ["a after 0"]);
    let append = append(first.resume(loaded([a(0, 1)])));
    assert_eq!(conditions(&append), ["a types at 1"]);
    finish(first.resume(appended(2))).unwrap();
    process.adds(3);
}

#[test]
fn a_refusal_is_confirmed_by_a_read() {
    let process = Process::with_a_quiet_stream();
    let (mut machine, effect) = process.begin(add(2));
    assert_eq!(load(effect), ["a after 2"]);
    assert_eq!(seen(machine.resume(loaded([a(2, 2)]))), Seen(vec![1, 2]));
    let (mut machine, effect) = process.begin(add(2));
    assert_eq!(load(effect), ["a after 2"]);
    assert_eq!(seen(machine.resume(loaded([a(2, 4)]))), Seen(vec![1, 2, 3, 4]));
}

#[test]
fn a_wrong_guess_is_read_at_once_and_not_made_again_before_the_stream_is_quiet() {
    let process = Process::with_a_quiet_stream();
    let (mut machine, effect) = process.begin(add(9));
    append(effect);
    assert_eq!(load(machine.resume(append_failed(conflict("a")))), ["a after 2"]);
    assert_eq!(machine.attempts(), 2);
    let append = append(machine.resume(loaded([a(2, 3)])));
    assert_eq!(conditions(&append), ["a types at 3"]);
    finish(machine.resume(appended(4))).unwrap();
    process.looks(4, 4);
    process.adds(5);
}

#[test]
fn wrong_guesses_use_up_no_attempts() {
    let process = Process::with_a_quiet_stream();
    let states = Some(process.0);
    let once = RetryPolicy::default().with_max_attempts(1);
    let mut machine = try_machine(
        add(9),
        Setup {
            policy: once,
            states,
            ..setup()
        },
    )
    .unwrap();
    machine.may_go_unread();
    machine.start();
    append(machine.resume(Input::PlacesTaken));
    load(machine.resume(append_failed(conflict("a"))));
    append(machine.resume(loaded([a(2, 3)])));
    let end = finish(machine.resume(append_failed(conflict("a"))));
    assert!(matches!(end, Err(ExecuteError::Conflict { .. })));
}

#[test]
fn what_is_refused_of_a_wrong_guess_is_decided_on_what_is_read() {
    let too_much = || InvalidAppend::Limit {
        what: "events in an append",
        found: 2,
        limit: 1,
    };
    let failed = || WorkError::from("out of stock");
    for refused in [
        append_failed(too_much()),
        append_failed(AppendError::Work(failed())),
    ] {
        let process = Process::with_a_quiet_stream();
        let (mut machine, effect) = process.begin(add(9));
        append(effect);
        assert_eq!(load(machine.resume(refused)), ["a after 2"]);
        append(machine.resume(loaded([a(2, 3)])));
        let end = finish(machine.resume(append_failed(too_much())));
        assert!(matches!(end, Err(ExecuteError::Invalid(_))));
    }
}

#[test]
fn all_streams_have_to_be_quiet() {
    let process = Process::with_a_quiet_stream();
    let with = Add {
        given: Some(stream("b")),
        ..add(9)
    };
    let (_, effect) = process.begin(with);
    assert_eq!(load(effect), ["a after 2", "b after 0"]);
}

#[test]
fn what_others_did_in_between_is_read_next_time() {
    let process = Process::new();
    let (mut machine, _) = process.begin(add(9));
    append(machine.resume(loaded([a(0, 2)])));
    // Others have appended version 3, of a type that does not matter here.
    finish(machine.resume(appended(4))).unwrap();
    process.looks(2, 4);
}

#[test]
fn what_this_process_has_appended_under_another_state_is_read() {
    let process = Process::with_a_quiet_stream();
    let (mut other, effect) = process.begin(AddToLarge { to: stream("a") });
    assert_eq!(load(effect), ["a after 0"]);
    append(other.resume(loaded([a(0, 2)])));
    finish(other.resume(appended(3))).unwrap();
    process.looks(2, 3);
}

#[test]
fn a_state_that_is_too_large_to_be_cloned_each_time_is_read() {
    let process = Process::new();
    let (mut machine, _) = process.begin(AddToLarge { to: stream("a") });
    append(machine.resume(loaded([a(0, 9)])));
    finish(machine.resume(appended(10))).unwrap();
    for version in 11..14 {
        let (mut machine, effect) = process.begin(AddToLarge { to: stream("a") });
        assert_eq!(load(effect), ["a after 9"]);
        append(machine.resume(loaded([a(9, version - 1)])));
        finish(machine.resume(appended(version))).unwrap();
    }
}

#[test]
fn a_stream_that_is_expected_at_a_version_is_read() {
    let process = Process::with_a_quiet_stream();
    let states = Some(process.0);
    let expected = Some(StreamVersion {
        stream: stream("a"),
        version: Version::new(1),
    });
    let setup = Setup {
        expected,
        states,
        ..setup()
    };
    let mut machine = try_machine(add(9), setup).unwrap();
    machine.may_go_unread();
    machine.start();
    assert_eq!(load(machine.resume(Input::PlacesTaken)), ["a after 2"]);
}

#[test]
fn a_repeated_command_leaves_what_is_kept_as_it_is() {
    let process = Process::with_a_quiet_stream();
    let (mut machine, effect) = process.begin(add(9));
    append(effect);
    let first_outcome = Appended {
        events: vec![event(2)],
        position: Position::new(2),
        repeated: true,
    };
    let end = finish(machine.resume(Input::Appended(Ok(first_outcome)))).unwrap();
    assert!(end.repeated);
    process.adds(3);
}

#[test]
fn a_store_that_has_gone_back_is_noticed_by_the_version_it_gives() {
    let process = Process::with_a_quiet_stream();
    let (mut machine, effect) = process.begin(add(9));
    append(effect);
    finish(machine.resume(appended(1))).unwrap();
    let (_, effect) = process.begin(add(9));
    assert_eq!(load(effect), ["a after 0"]);
}

#[test]
fn a_state_that_panics_at_what_was_appended_does_not_undo_it() {
    let process = Process::new();
    process.looks(0, 12);
    process.looks(12, 12);
    let (mut machine, effect) = process.begin(add(99));
    append(effect);
    finish(machine.resume(appended(PANICS_AT))).unwrap();
    process.looks(12, 12);
}
