use std::sync::Arc;

use super::super::machine::{Effect, Input, LoadError, Machine, Setup};
use super::super::{Bug, ExecuteError, InvalidCommand, RetryPolicy};
use super::probe::{
    Added, Probe, Refused, appends, in_commit_order, over, reads, recorded, slice, stream, writes,
};
use crate::command::{Decide, Decision};
use crate::store::{
    Append, AppendError, Appended, CommandKey, Conflict, DictionarySize, Fingerprint, IdReused,
    InvalidAppend, ReadError, ReadStreams, StoreError, StreamSlice, StreamsRead,
};
use crate::testing::SequentialIds;
use crate::{CommandId, Metadata, Position, StreamId, TenantId, Timestamp, Version};

const KEY: CommandKey = CommandKey {
    id: CommandId::new(uuid::Uuid::from_u128(7)),
    fingerprint: Fingerprint::from_bytes([7; 16]),
};

fn setup() -> Setup {
    Setup {
        key: None,
        policy: RetryPolicy::default(),
        max_streams: 3,
        random: fastrand::Rng::with_seed(7),
    }
}

fn try_machine<const ORDER: bool>(
    command: Probe<ORDER>,
    setup: Setup,
) -> Result<Machine<Probe<ORDER>>, InvalidCommand> {
    let decision = Decision {
        now: Timestamp::UNIX_EPOCH,
        tenant: TenantId::DEFAULT,
        metadata: Metadata::of_command(CommandId::new(uuid::Uuid::nil())),
    };
    let ids = Arc::new(SequentialIds::default());
    let cx = Decide::new(Arc::new(decision), bytes::Bytes::from_static(b"{}"), ids);
    Machine::new(command, cx, setup)
}

fn machine(command: Probe) -> Machine<Probe> {
    try_machine(command, setup()).unwrap()
}

/// A command that moves something from `a` to `b`.
fn mover() -> Probe {
    Probe {
        handle: |_, cx| {
            cx.__emit(&Added(vec![stream("a"), stream("b")]));
            Ok(())
        },
        ..over([writes(0, "a"), writes(1, "b")])
    }
}

fn places(effect: Effect<Refused>) -> Vec<StreamId> {
    match effect {
        Effect::TakePlaces(streams) | Effect::ExtendPlaces(streams) => streams,
        _ => panic!("places were to be taken"),
    }
}

/// What is loaded, as `stream after version`.
fn load(effect: Effect<Refused>) -> Vec<String> {
    read(effect)
        .streams
        .iter()
        .map(|read| format!("{} after {}", read.stream, read.after))
        .collect()
}

fn read(effect: Effect<Refused>) -> ReadStreams {
    match effect {
        Effect::Load(read) => read,
        _ => panic!("streams were to be loaded"),
    }
}

fn append(effect: Effect<Refused>) -> Append {
    match effect {
        Effect::Append(append) => append,
        _ => panic!("an append was to be made"),
    }
}

fn paused(effect: &Effect<Refused>) -> bool {
    matches!(effect, Effect::Pause(_))
}

fn finish(effect: Effect<Refused>) -> Result<Appended, ExecuteError<Refused>> {
    match effect {
        Effect::Finish(result) => result,
        _ => panic!("that was to be the end"),
    }
}

fn loaded(slices: impl Into<Vec<StreamSlice>>) -> Input {
    Input::Loaded(Ok(StreamsRead {
        slices: slices.into(),
        repeated: None,
        dictionary: DictionarySize(0),
    }))
}

fn load_failed(error: impl Into<ReadError>) -> Input {
    Input::Loaded(Err(LoadError::Read(error.into())))
}

fn append_failed(error: impl Into<AppendError>) -> Input {
    Input::Appended(Err(error.into()))
}

fn appended() -> Appended {
    Appended {
        events: Vec::new(),
        position: Position::new(9),
        repeated: false,
    }
}

fn conflict(id: &str) -> Conflict {
    Conflict {
        stream: stream(id),
        seen: Version::new(0),
        head: Version::new(1),
    }
}

#[test]
fn a_command_takes_its_places_loads_and_appends_under_conditions_on_all_it_read() {
    let mut command = mover();
    command.plan.push(reads(2, "c"));
    let mut machine = machine(command);

    assert_eq!(
        places(machine.start()),
        ["a", "b"],
        "and none for what is only read"
    );
    let effect = machine.resume(Input::PlacesTaken);
    assert_eq!(load(effect), ["a after 0", "b after 0", "c after 0"]);
    let append = append(machine.resume(loaded([slice(4, []), slice(5, []), slice(6, [])])));
    let conditions = append
        .conditions
        .iter()
        .map(|one| (one.stream.as_str(), one.seen.get()));
    assert_eq!(conditions.collect::<Vec<_>>(), [("a", 4), ("b", 5), ("c", 6)]);
    let [event] = &append.events[..] else {
        panic!("one event was emitted")
    };
    assert_eq!(event.home, "a");
    assert_eq!(event.links, ["b"]);

    let done = finish(machine.resume(Input::Appended(Ok(appended()))));
    assert_eq!((done.unwrap(), machine.attempts()), (appended(), 1));
}

#[test]
fn a_rejection_ends_it_without_an_append() {
    let mut machine = machine(Probe {
        handle: |_, _| Err(Refused),
        ..over([writes(0, "a")])
    });
    machine.resume(Input::PlacesTaken);
    let end = finish(machine.resume(loaded([slice(0, [])])));
    assert!(matches!(end, Err(ExecuteError::Rejected(Refused))));
}

#[test]
fn a_decision_without_events_cannot_conflict_but_is_recorded_under_its_command_id() {
    let key = Some(KEY);
    let mut machine = try_machine(over([reads(0, "a")]), Setup { key, ..setup() }).unwrap();
    assert!(places(machine.start()).is_empty());
    assert_eq!(read(machine.resume(Input::PlacesTaken)).command, key);
    let append = append(machine.resume(loaded([slice(3, [])])));
    assert_eq!(
        append,
        Append {
            command: key,
            ..Append::default()
        }
    );
}

#[test]
fn after_a_conflict_only_what_is_new_is_loaded_and_decided_again() {
    let mut machine = machine(mover());
    machine.resume(Input::PlacesTaken);
    let slices = [slice(1, [recorded(1, &[("a", 1)])]), slice(0, [])];
    let first = append(machine.resume(loaded(slices)));

    assert!(paused(&machine.resume(append_failed(conflict("b")))));
    assert_eq!(load(machine.resume(Input::Paused)), ["a after 1", "b after 0"]);
    let slices = [slice(1, []), slice(1, [recorded(2, &[("b", 1)])])];
    let second = append(machine.resume(loaded(slices)));

    assert_eq!(machine.attempts(), 2);
    assert_eq!(second.events, first.events, "with the same ids");
    assert_eq!(second.conditions[1].seen, Version::new(1));
}

#[test]
fn a_conflict_in_the_last_attempt_is_reported() {
    let policy = RetryPolicy::default().with_max_attempts(2);
    let mut machine = try_machine(mover(), Setup { policy, ..setup() }).unwrap();
    machine.resume(Input::PlacesTaken);
    machine.resume(loaded([slice(0, []), slice(0, [])]));
    machine.resume(append_failed(conflict("a")));
    machine.resume(Input::Paused);
    machine.resume(loaded([slice(1, []), slice(0, [])]));
    let end = finish(machine.resume(append_failed(conflict("b"))));
    assert!(
        matches!(end, Err(ExecuteError::Conflict { attempts: 2, source }) if source == conflict("b")),
        "the last one"
    );
}

/// Discovers `b` when it has seen `a`, and `c` when it has seen an event in `b`.
fn explorer() -> Probe {
    Probe {
        discover: |log| {
            let mut found = vec![writes(1, "b")];
            if log.folded.iter().any(|(_, event)| event.starts_with("b@")) {
                found.push(reads(2, "c"));
            }
            found
        },
        ..over([writes(0, "a")])
    }
}

#[test]
fn discovered_streams_are_loaded_until_there_are_no_more_and_all_at_one_moment() {
    let mut machine = machine(explorer());
    assert_eq!(places(machine.start()), ["a"]);
    assert_eq!(load(machine.resume(Input::PlacesTaken)), ["a after 0"]);

    let effect = machine.resume(loaded([slice(1, [recorded(1, &[("a", 1)])])]));
    assert_eq!(places(effect), ["a", "b"]);
    assert_eq!(
        load(machine.resume(Input::PlacesTaken)),
        ["a after 1", "b after 0"]
    );

    let slices = [slice(1, []), slice(2, [recorded(2, &[("b", 2)])])];
    let effect = machine.resume(loaded(slices));
    assert_eq!(places(effect), ["a", "b"], "`c` is only read");
    let effect = machine.resume(Input::PlacesTaken);
    assert_eq!(load(effect), ["a after 1", "b after 2", "c after 0"]);

    append(machine.resume(loaded([slice(1, []), slice(2, []), slice(0, [])])));
    assert_eq!(machine.attempts(), 1);
}

#[test]
fn what_an_earlier_load_has_missed_is_seen_before_anything_is_decided() {
    let mut machine = machine(Probe {
        handle: |log, _| {
            assert_eq!(log.heads, [(0, 2), (1, 0)]);
            Err(Refused)
        },
        ..explorer()
    });
    machine.resume(Input::PlacesTaken);
    machine.resume(loaded([slice(1, [recorded(1, &[("a", 1)])])]));
    machine.resume(Input::PlacesTaken);
    let slices = [slice(2, [recorded(2, &[("a", 2)])]), slice(0, [])];
    let end = finish(machine.resume(loaded(slices)));
    assert!(matches!(end, Err(ExecuteError::Rejected(Refused))));
}

#[test]
fn one_state_for_all_streams_is_folded_anew_after_a_discovery() {
    let mut machine = try_machine(
        in_commit_order([writes(0, "a")], |_| vec![reads(1, "b")]),
        setup(),
    )
    .unwrap();
    machine.resume(Input::PlacesTaken);
    machine.resume(loaded([slice(1, [recorded(5, &[("a", 1)])])]));
    let effect = machine.resume(Input::PlacesTaken);
    assert_eq!(load(effect), ["a after 0", "b after 0"]);
}

#[test]
fn after_a_conflict_a_command_that_has_discovered_streams_starts_over() {
    let mut machine = machine(Probe {
        handle: |_, cx| {
            cx.__emit(&Added(vec![stream("b")]));
            Ok(())
        },
        ..explorer()
    });
    machine.resume(Input::PlacesTaken);
    machine.resume(loaded([slice(1, [recorded(1, &[("a", 1)])])]));
    machine.resume(Input::PlacesTaken);
    append(machine.resume(loaded([slice(1, []), slice(0, [])])));
    assert!(paused(&machine.resume(append_failed(conflict("b")))));
    assert_eq!(load(machine.resume(Input::Paused)), ["a after 0"]);
}

#[test]
fn more_streams_than_allowed_are_refused_declared_or_discovered() {
    let named = ["a", "b", "c", "d"].map(|id| reads(0, id));
    let refused = try_machine(over(named), setup());
    assert!(matches!(
        refused.err(),
        Some(InvalidCommand::TooManyStreams { found: 4, limit: 3 })
    ));

    let mut machine = machine(Probe {
        discover: |_| vec![writes(1, "b"), writes(2, "c"), writes(3, "d")],
        ..over([writes(0, "a")])
    });
    machine.resume(Input::PlacesTaken);
    let end = finish(machine.resume(loaded([slice(0, [])])));
    assert!(matches!(
        end,
        Err(ExecuteError::Invalid(InvalidCommand::TooManyStreams {
            found: 4,
            limit: 3
        }))
    ));
}

#[test]
fn the_same_stream_counts_each_time_that_it_is_named() {
    let same = ["a"; 9].map(|id| reads(0, id));
    assert!(try_machine(over(same), setup()).is_err());
}

#[test]
fn a_discovered_stream_that_is_only_appended_to_is_written_without_a_condition() {
    let mut machine = machine(Probe {
        discover: |_| vec![appends(1, "b")],
        handle: |_, cx| {
            cx.__emit(&Added(vec![stream("b")]));
            Ok(())
        },
        ..over([reads(0, "a")])
    });
    machine.resume(Input::PlacesTaken);
    let effect = machine.resume(loaded([slice(0, [])]));
    assert_eq!(places(effect), ["b"]);
    machine.resume(Input::PlacesTaken);
    let append = append(machine.resume(loaded([slice(0, [])])));
    assert_eq!((append.conditions.len(), append.events.len()), (1, 1));
}

#[test]
fn a_repeated_command_ends_with_its_first_outcome() {
    let mut machine = machine(mover());
    machine.resume(Input::PlacesTaken);
    let first = Appended {
        repeated: true,
        ..appended()
    };
    let end = finish(machine.resume(Input::Loaded(Ok(StreamsRead {
        slices: Vec::new(),
        repeated: Some(first.clone()),
        dictionary: DictionarySize(0),
    }))));
    assert_eq!(end.unwrap(), first);
}

#[test]
fn a_command_id_that_was_used_for_something_else_is_refused() {
    let reused = IdReused { id: KEY.id };
    let is_refused = |end: Result<_, _>| {
        matches!(
            end,
            Err(ExecuteError::<Refused>::Invalid(InvalidCommand::IdReused(error))) if error == reused
        )
    };
    let mut machine = machine(mover());
    machine.resume(Input::PlacesTaken);
    assert!(is_refused(finish(machine.resume(load_failed(reused)))));
    assert!(is_refused(finish(machine.resume(append_failed(reused)))));
}

#[test]
fn a_store_that_is_unavailable_is_tried_again_while_reading_and_while_writing() {
    let mut machine = machine(mover());
    machine.resume(Input::PlacesTaken);
    assert!(paused(&machine.resume(load_failed(StoreError::unavailable("a")))));
    machine.resume(Input::Paused);
    machine.resume(loaded([slice(0, []), slice(0, [])]));
    assert!(paused(
        &machine.resume(append_failed(StoreError::overloaded("b")))
    ));
    assert_eq!(machine.attempts(), 2, "the third begins after the pause");
}

#[test]
fn only_attempts_that_the_store_took_part_in_are_counted() {
    let policy = RetryPolicy::default().with_max_attempts(2);
    let mut machine = try_machine(mover(), Setup { policy, ..setup() }).unwrap();
    machine.resume(Input::PlacesTaken);
    for _ in 0..20 {
        assert!(paused(
            &machine.resume(load_failed(StoreError::unavailable("away")))
        ));
        machine.resume(Input::Paused);
    }
    assert!(paused(
        &machine.resume(load_failed(StoreError::overloaded("full")))
    ));
    machine.resume(Input::Paused);
    let end = finish(machine.resume(load_failed(StoreError::overloaded("full"))));
    assert!(matches!(end, Err(ExecuteError::Overloaded { source: Some(_) })));
    assert_eq!(machine.attempts(), 22);
}

#[test]
fn who_runs_out_of_time_is_told_what_took_it() {
    let mut machine = machine(mover());
    assert!(matches!(machine.out_of_time(), ExecuteError::DeadlineExceeded));
    machine.resume(Input::PlacesTaken);
    machine.resume(load_failed(StoreError::unavailable("away")));
    assert!(matches!(
        machine.out_of_time(),
        ExecuteError::Unavailable { attempts: 1, .. }
    ));

    machine.resume(Input::Paused);
    machine.resume(loaded([slice(0, []), slice(0, [])]));
    assert!(
        matches!(machine.out_of_time(), ExecuteError::DeadlineExceeded),
        "the store has come back"
    );
    machine.resume(append_failed(conflict("a")));
    assert!(matches!(
        machine.out_of_time(),
        ExecuteError::Conflict { attempts: 2, .. }
    ));
}

#[test]
fn a_store_that_is_broken_or_answers_for_other_streams_is_not_tried_again() {
    let mut broken = machine(mover());
    broken.resume(Input::PlacesTaken);
    let end = finish(broken.resume(load_failed(StoreError::broken("odd"))));
    assert!(matches!(end, Err(ExecuteError::Bug(Bug::Store(_)))));

    let mut confused = machine(mover());
    confused.resume(Input::PlacesTaken);
    let end = finish(confused.resume(loaded([slice(0, [])])));
    assert!(matches!(end, Err(ExecuteError::Bug(Bug::Store(_)))));
}

#[test]
fn an_unknown_outcome_and_an_unacceptable_append_are_the_end() {
    let mut unknown = machine(mover());
    let end = finish(unknown.resume(append_failed(AppendError::UnknownOutcome("cut off".into()))));
    assert!(matches!(
        end,
        Err(ExecuteError::UnknownOutcome { source: Some(_) })
    ));

    let mut invalid = machine(mover());
    let limit = InvalidAppend::Limit {
        what: "events of an append",
        found: 2,
        limit: 1,
    };
    let end = finish(invalid.resume(append_failed(limit)));
    assert!(matches!(
        end,
        Err(ExecuteError::Invalid(InvalidCommand::Append(
            InvalidAppend::Limit { .. }
        )))
    ));
}

#[test]
fn an_event_to_a_stream_that_was_not_declared_writable_is_a_bug() {
    let mut machine = machine(Probe {
        plan: vec![writes(0, "a"), reads(1, "b")],
        ..mover()
    });
    machine.resume(Input::PlacesTaken);
    let end = finish(machine.resume(loaded([slice(0, []), slice(0, [])])));
    assert!(matches!(
        end,
        Err(ExecuteError::Bug(Bug::UndeclaredStream { stream: id, .. })) if id == stream("b")
    ));
}
