use std::sync::Arc;

use eventsourcing_core::Version;

use super::assert_found;
use super::world::{World, place};
use crate::fixture::{NewEventExt, append, event};
use crate::history::Violation;

#[test]
fn an_event_that_lies_there_twice_is_found() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.appends(&append);
    world.writes(&append);
    assert_found!(world, Violation::EventTwice { .. });
}

#[test]
fn a_version_that_is_left_out_is_found() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-1")]));
    world.spoils(1, |event| event.home.version = Version::new(3));
    let gap = |violation: &Violation| {
        matches!(violation, Violation::VersionGap { previous, found, .. }
            if (previous.get(), found.get()) == (1, 3))
    };
    assert!(world.check().has(gap));
}

#[test]
fn a_version_that_is_given_twice_is_found() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-1")]));
    world.spoils(1, |event| event.home.version = Version::FIRST);
    assert_found!(world, Violation::VersionReused { .. });
}

#[test]
fn linked_events_take_versions_as_well() {
    let mut world = World::default();
    world.appends(&append([
        event("a.X", "a-1"),
        event("a.X", "a-2").linked_to("a-1"),
    ]));
    world.check().assert_clean();

    world.spoils(1, |event| event.links = vec![place("a-1", 1)]);
    assert_found!(world, Violation::VersionReused { .. });
}

#[test]
fn a_log_that_goes_back_is_found() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-2")]));
    world.log.swap(0, 1);
    assert_found!(world, Violation::PositionsFallBack { .. });
}

#[test]
fn a_log_that_was_read_twice_in_part_is_found_as_that_alone() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.log.push(Arc::clone(&world.log[0]));
    assert_eq!(world.check().violations.len(), 1);
    assert_found!(world, Violation::PositionsFallBack { .. });
}
