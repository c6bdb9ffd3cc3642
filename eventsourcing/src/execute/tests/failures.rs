use super::super::machine::{Input, Setup};
use super::super::{Bug, ExecuteError, InvalidCommand, RetryPolicy};
use super::drive::{
    append_failed, conflict, finish, load_failed, loaded, machine, mover, paused, setup, try_machine,
};
use super::probe::{Probe, reads, slice, stream, writes};
use crate::store::{AppendError, InvalidAppend, StoreError};

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
