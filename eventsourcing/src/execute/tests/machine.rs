use super::super::machine::{Input, Setup};
use super::super::{ExecuteError, InvalidCommand, RetryPolicy};
use super::drive::{
    KEY, append, append_failed, appended, conflict, finish, load, load_failed, loaded, machine, mover,
    paused, places, read, setup, try_machine,
};
use super::probe::{Probe, Refused, over, reads, recorded, slice, writes};
use crate::Version;
use crate::store::sql::WorkError;
use crate::store::{Append, AppendError, Appended, DictionarySize, IdReused, StreamsRead};

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
fn work_that_fails_is_told_of_once_nothing_else_has_happened() {
    let failed = || append_failed(AppendError::Work(WorkError::from("sold out")));
    let mut machine = machine(mover());
    machine.start();
    load(machine.resume(Input::PlacesTaken));
    append(machine.resume(loaded([slice(4, []), slice(5, [])])));
    assert_eq!(load(machine.resume(failed())), ["a after 4", "b after 5"]);
    // Somebody else has been there.
    append(machine.resume(loaded([slice(6, []), slice(5, [])])));
    assert_eq!(load(machine.resume(failed())), ["a after 6", "b after 5"]);
    append(machine.resume(loaded([slice(6, []), slice(5, [])])));
    let end = finish(machine.resume(failed()));
    assert!(matches!(end, Err(ExecuteError::Inline { .. })));
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
