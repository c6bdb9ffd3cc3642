use eventsourcing_core::{TypeFilter, Version};

use super::assert_found;
use super::world::{World, finds};
use crate::fixture::{AppendExt, NewEventExt, append, event, only, stream};
use crate::history::Violation;

#[test]
fn a_stream_that_was_read_and_has_moved_on_is_found() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-2")]).if_absent("a-1"));
    assert_found!(world, Violation::StaleDecision { .. });
}

#[test]
fn a_decision_that_writes_nothing_is_checked_as_well() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([]).if_at("a-1", 1));
    world.check().assert_clean();

    world.appends(&append([]).if_absent("a-1"));
    assert_found!(world, Violation::StaleDecision { .. });
}

#[test]
fn events_of_other_types_do_not_count() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.Y", "a-1")]));
    world.appends(&append([event("a.X", "a-2")]).if_none_of(only(&["a.X"]), "a-1", 1));
    world.check().assert_clean();

    world.appends(&append([event("a.X", "a-2")]).if_none_of(only(&["a.X", "a.Y"]), "a-1", 1));
    assert_found!(world, Violation::StaleDecision { .. });
}

#[test]
fn a_version_that_comes_later_cannot_have_been_seen() {
    let mut world = World::default();
    let early = append([event("a.X", "a-2")]).if_at("a-1", 1);
    let pending = world.begins(&early);
    let appended = world.writes(&early);
    world.appends(&append([event("a.X", "a-1")]));
    pending.acknowledged(&appended);
    assert_found!(world, Violation::ReadAhead { .. });
}

#[test]
fn a_version_that_never_comes_cannot_have_been_seen() {
    let world = World::default();
    world.reads(&[("a-1", 1)]);
    assert_found!(world, Violation::ReadAhead { .. });
}

#[test]
fn who_writes_later_does_not_lie_before() {
    let mut world = World::default();
    let (first, second) = (append([event("a.X", "a-1")]), append([event("a.X", "a-2")]));
    let written = {
        let mut later = World::default();
        later.writes(&second);
        later.writes(&first)
    };
    let pending = world.begins(&first);
    pending.acknowledged(&written);
    let pending = world.begins(&second);
    let appended = world.writes(&second);
    pending.acknowledged(&appended);
    world.writes(&first);
    assert_found!(world, Violation::OrderInverted { .. });
}

#[test]
fn a_read_sees_what_was_acknowledged_before_it_began() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.reads(&[("a-1", 1)]);
    world.check().assert_clean();

    world.reads(&[("a-1", 0)]);
    assert_found!(world, Violation::StaleRead { .. });
}

#[test]
fn a_read_sees_what_was_seen_before_it_began() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    let pending = world.begins(&append);
    let appended = world.writes(&append);
    world.reads(&[("a-1", 1)]);
    world.reads(&[("a-1", 0)]);
    pending.acknowledged(&appended);
    assert_found!(world, Violation::StaleRead { .. });
}

#[test]
fn reads_during_an_append_see_it_or_not() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    let early = world.recorder.begin_query(1);
    let pending = world.begins(&append);
    let appended = world.writes(&append);
    let late = world.recorder.begin_query(2);
    finds(late, &[("a-1", 1)]);
    finds(early, &[("a-1", 0)]);
    pending.acknowledged(&appended);
    world.check().assert_clean();
}

#[test]
fn streams_that_never_were_like_that_together_are_found() {
    let mut world = World::default();
    let pending = world.recorder.begin_query(1);
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-2")]));
    finds(pending, &[("a-1", 0), ("a-2", 1)]);
    assert_found!(world, Violation::FracturedRead { .. });
}

#[test]
fn streams_that_once_were_like_that_together_are_fine() {
    let mut world = World::default();
    let pending = world.recorder.begin_query(1);
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-2")]));
    finds(pending, &[("a-1", 1), ("a-2", 0)]);
    world.check().assert_clean();
}

#[test]
fn no_read_sees_half_of_an_append() {
    let mut world = World::default();
    let pending = world.recorder.begin_query(1);
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-2")]));
    finds(pending, &[("a-1", 1), ("a-2", 0)]);
    assert_found!(world, Violation::FracturedRead { .. });
}

#[test]
fn no_read_sees_half_of_an_event() {
    let mut world = World::default();
    let pending = world.recorder.begin_query(1);
    world.appends(&append([event("a.X", "a-1").linked_to("a-2")]));
    finds(pending, &[("a-1", 1), ("a-2", 0)]);
    assert_found!(world, Violation::FracturedRead { .. });
}

#[test]
fn a_rejection_rests_on_one_moment_of_its_call() {
    let mut world = World::default();
    let mut pending = world.recorder.begin(1);
    world.appends(&append([event("a.X", "a-1")]));
    pending.read(stream("a-1"), Version::ABSENT, TypeFilter::All);
    pending.rejected();
    world.check().assert_clean();

    let mut pending = world.recorder.begin(1);
    pending.read(stream("a-1"), Version::ABSENT, TypeFilter::All);
    pending.rejected();
    assert_found!(world, Violation::StaleRead { .. });
}

#[test]
fn a_rejection_does_not_depend_on_other_types() {
    let mut world = World::default();
    world.appends(&append([event("a.Y", "a-1")]));
    let mut pending = world.recorder.begin(1);
    pending.read(stream("a-1"), Version::ABSENT, only(&["a.X"]));
    pending.rejected();
    world.check().assert_clean();
}

#[test]
fn a_conflict_has_a_cause() {
    let mut world = World::default();
    let cause = append([event("a.X", "a-1")]);
    let pending = world.begins(&cause);
    let appended = world.writes(&cause);
    world.conflicts(&append([event("a.X", "a-1")]).if_absent("a-1"));
    pending.acknowledged(&appended);
    world.check().assert_clean();

    world.conflicts(&append([event("a.X", "a-1")]).if_at("a-1", 1));
    assert_found!(world, Violation::SpuriousConflict { .. });
}

#[test]
fn a_conflict_is_not_caused_by_other_types() {
    let mut world = World::default();
    world.appends(&append([event("a.Y", "a-1")]));
    world.conflicts(&append([event("a.X", "a-1")]).if_none_of(only(&["a.X"]), "a-1", 0));
    assert_found!(world, Violation::SpuriousConflict { .. });
}

#[test]
fn a_conflict_is_not_caused_by_what_comes_later() {
    let mut world = World::default();
    world.conflicts(&append([event("a.X", "a-1")]).if_absent("a-1"));
    world.appends(&append([event("a.X", "a-1")]));
    assert_found!(world, Violation::SpuriousConflict { .. });
}
