use std::sync::Arc;

use super::super::read_set::ReadSet;
use super::probe::{Folding, Log, RENAMED, appends, reads, recorded, slice, writes};
use crate::command::{Planned, Reads};
use crate::store::StreamSlice;
use crate::{TypeFilter, TypeSet, Version};

fn set(planned: &[Planned]) -> ReadSet {
    let mut set = ReadSet::default();
    for planned in planned {
        set.add(planned, false);
    }
    set
}

fn fold(set: &mut ReadSet, state: &mut Log, slices: &[StreamSlice]) {
    set.unread(false);
    set.fold(&mut Folding::<false>(state), slices).unwrap();
}

fn fold_in_commit_order(set: &mut ReadSet, state: &mut Log, slices: &[StreamSlice]) {
    set.unread(true);
    set.fold(&mut Folding::<true>(state), slices).unwrap();
}

/// What will be read, as `stream after version`.
fn unread(set: &mut ReadSet) -> Vec<String> {
    let unread = set.unread(false).into_iter();
    unread
        .map(|read| format!("{} after {}", read.stream, read.after))
        .collect()
}

fn folded(state: &Log) -> Vec<(u16, &str)> {
    state
        .folded
        .iter()
        .map(|(field, event)| (*field, event.as_str()))
        .collect()
}

#[test]
fn a_stream_in_two_fields_is_read_once_and_folded_into_both() {
    let mut set = set(&[writes(0, "a"), writes(1, "a")]);
    assert_eq!(
        (set.number_read(), unread(&mut set)),
        (1, vec!["a after 0".to_owned()])
    );

    let mut state = Log::default();
    fold(&mut set, &mut state, &[slice(1, [recorded(1, &[("a", 1)])])]);
    assert_eq!(folded(&state), [(0, "a@1"), (1, "a@1")]);
    assert_eq!(set.conditions().len(), 1);
}

#[test]
fn an_event_in_two_streams_is_folded_once_into_the_field_of_each() {
    let mut set = set(&[writes(0, "a"), writes(1, "b")]);
    let both = recorded(7, &[("a", 3), ("b", 5)]);

    let mut state = Log::default();
    let slices = [slice(3, [Arc::clone(&both)]), slice(5, [both])];
    fold(&mut set, &mut state, &slices);
    assert_eq!(folded(&state), [(0, "a@3"), (1, "b@5")]);
}

#[test]
fn two_fields_that_read_different_types_of_a_stream_read_and_check_both() {
    let renamed = Planned {
        reads: Reads::Events(TypeSet::of(&RENAMED)),
        ..reads(1, "a")
    };
    let mut set = set(&[writes(0, "a"), renamed]);

    let read = set.unread(false).remove(0).types;
    let condition = set.conditions().remove(0).types;
    for types in [read, condition] {
        assert!(types.matches("test.Added") && types.matches("test.Renamed"));
        assert!(!types.matches("test.Removed"));
    }
}

#[test]
fn a_field_without_a_state_reads_no_event_and_checks_all() {
    let version = Planned {
        reads: Reads::Head,
        ..reads(0, "a")
    };
    let mut set = set(&[version]);
    assert_eq!(set.unread(false).remove(0).types, TypeFilter::NONE);

    let mut state = Log::default();
    fold(&mut set, &mut state, &[slice(4, [])]);
    assert_eq!(state.heads, [(0, 4)]);
    let condition = set.conditions().remove(0);
    assert_eq!(
        (condition.seen, condition.types),
        (Version::new(4), TypeFilter::All)
    );
}

#[test]
fn a_stream_that_is_only_appended_to_is_neither_read_nor_checked() {
    let mut set = set(&[appends(0, "a"), writes(1, "b")]);
    assert_eq!(unread(&mut set), ["b after 0"]);
    assert_eq!(set.conditions().len(), 1);
    assert_eq!(set.writable(), ["a", "b"]);
}

#[test]
fn a_stream_that_one_field_appends_to_and_another_reads_is_folded_into_the_latter_alone() {
    for planned in [[appends(0, "a"), reads(1, "a")], [reads(1, "a"), appends(0, "a")]] {
        let mut set = set(&planned);
        let mut state = Log::default();
        fold(&mut set, &mut state, &[slice(1, [recorded(1, &[("a", 1)])])]);
        assert_eq!(folded(&state), [(1, "a@1")]);
        assert_eq!(state.heads, [(1, 1)]);
        assert_eq!(set.writable(), ["a"]);
    }
}

#[test]
fn in_commit_order_too_a_field_that_only_appends_folds_nothing() {
    let mut set = ReadSet::default();
    set.add(&appends(0, "a"), true);
    set.add(&reads(1, "a"), true);
    let mut state = Log::default();
    fold_in_commit_order(&mut set, &mut state, &[slice(1, [recorded(1, &[("a", 1)])])]);
    assert_eq!(folded(&state), [(1, "a@1")]);
}

#[test]
fn writable_streams_come_in_alphabetical_order_and_without_those_that_are_only_read() {
    let set = set(&[writes(0, "c"), reads(1, "b"), writes(2, "a"), reads(3, "c")]);
    assert_eq!(set.writable(), ["a", "c"]);
}

#[test]
fn the_next_read_asks_for_what_is_new_alone() {
    let mut set = set(&[writes(0, "a"), reads(1, "b")]);
    let mut state = Log::default();
    let slices = [slice(2, [recorded(1, &[("a", 1)])]), slice(0, [])];
    fold(&mut set, &mut state, &slices);
    assert_eq!(
        unread(&mut set),
        ["a after 2", "b after 0"],
        "heads count, not the events that were let through"
    );

    let slices = [slice(2, []), slice(1, [recorded(3, &[("b", 1)])])];
    fold(&mut set, &mut state, &slices);
    assert_eq!(folded(&state), [(0, "a@1"), (1, "b@1")]);
    let seen: Vec<_> = set
        .conditions()
        .into_iter()
        .map(|condition| condition.seen.get())
        .collect();
    assert_eq!(seen, [2, 1]);
}

#[test]
fn a_field_that_comes_later_is_folded_from_the_start_while_the_others_go_on() {
    let mut set = set(&[writes(0, "a")]);
    let mut state = Log::default();
    let [first, second] = [recorded(1, &[("a", 1)]), recorded(2, &[("a", 2)])];
    fold(&mut set, &mut state, &[slice(1, [Arc::clone(&first)])]);

    assert!(set.add(&reads(1, "a"), false));
    assert_eq!(unread(&mut set), ["a after 0"]);
    fold(&mut set, &mut state, &[slice(2, [first, second])]);
    assert_eq!(folded(&state), [(0, "a@1"), (0, "a@2"), (1, "a@1"), (1, "a@2")]);
}

#[test]
fn what_is_there_already_is_no_news() {
    let mut set = ReadSet::default();
    assert!(set.add(&reads(0, "a"), true));
    assert!(
        !set.add(&reads(1, "a"), true),
        "there is but one state to fold it into"
    );
    assert!(set.add(&appends(2, "a"), true), "now it is written too");
    assert!(!set.add(&appends(3, "a"), true));
}

#[test]
fn in_commit_order_events_of_all_streams_are_folded_by_position_each_once() {
    let mut set = ReadSet::default();
    for planned in [writes(0, "a"), writes(1, "b")] {
        set.add(&planned, true);
    }
    let from_a_to_b = recorded(2, &[("a", 1), ("b", 2)]);
    let from_b_to_a = recorded(3, &[("b", 3), ("a", 2)]);
    let slices = [
        slice(2, [Arc::clone(&from_a_to_b), Arc::clone(&from_b_to_a)]),
        slice(3, [recorded(1, &[("b", 1)]), from_a_to_b, from_b_to_a]),
    ];

    let mut state = Log::default();
    fold_in_commit_order(&mut set, &mut state, &slices);
    assert_eq!(
        folded(&state),
        [(1, "b@1"), (0, "a@1"), (1, "b@3")],
        "through its home, if that is read"
    );
}

#[test]
fn after_rewinding_everything_is_read_again() {
    let mut set = set(&[writes(0, "a")]);
    fold_in_commit_order(
        &mut set,
        &mut Log::default(),
        &[slice(1, [recorded(1, &[("a", 1)])])],
    );
    set.rewind();
    assert_eq!(unread(&mut set), ["a after 0"]);
}

#[test]
fn long_streams_are_read_in_pieces_and_the_end_is_reached_when_all_have_come_to_theirs() {
    let mut set = set(&[reads(0, "a"), reads(1, "b")]);
    let pieces = |set: &mut ReadSet| -> Vec<_> {
        let unread = set.unread(false).into_iter();
        unread.map(|read| (read.after.get(), read.up_to.get())).collect()
    };
    let mut state = Log::default();
    let mut folding = Folding::<false>(&mut state);
    assert_eq!(pieces(&mut set), [(0, 4_096), (0, 4_096)]);
    assert!(!set.fold(&mut folding, &[slice(5_000, []), slice(3, [])]).unwrap());
    assert_eq!(pieces(&mut set), [(4_096, 8_192), (3, 4_099)]);
    // The other one has grown meanwhile.
    assert!(
        !set.fold(&mut folding, &[slice(5_000, []), slice(9_000, [])])
            .unwrap()
    );
    assert_eq!(pieces(&mut set), [(5_000, 9_096), (4_099, 8_195)]);
    assert!(
        !set.fold(&mut folding, &[slice(5_000, []), slice(9_000, [])])
            .unwrap()
    );
    assert_eq!(pieces(&mut set), [(5_000, 9_096), (8_195, 12_291)]);
    assert!(
        set.fold(&mut folding, &[slice(5_001, []), slice(9_000, [])])
            .unwrap()
    );
    let seen: Vec<_> = set
        .conditions()
        .iter()
        .map(|condition| condition.seen.get())
        .collect();
    assert_eq!(seen, [5_001, 9_000]);
}

#[test]
fn one_state_for_several_streams_reads_them_whole() {
    let mut set = ReadSet::default();
    set.add(&reads(0, "a"), true);
    set.add(&reads(0, "b"), true);
    assert!(set.unread(true).iter().all(|read| read.up_to == Version::MAX));
    let mut state = Log::default();
    let slices = [slice(100_000, []), slice(3, [])];
    assert!(set.fold(&mut Folding::<true>(&mut state), &slices).unwrap());
}
