use super::super::machine::Input;
use super::super::{ExecuteError, InvalidCommand};
use super::drive::{
    append, append_failed, conflict, finish, load, loaded, machine, paused, places, setup, try_machine,
};
use super::probe::{
    Added, Probe, Refused, appends, in_commit_order, over, reads, recorded, slice, stream, writes,
};

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
