use std::sync::Arc;

use eventsourcing_core::store::{DictionarySize, ReadStream, ReadStreams, StreamSlice, StreamsRead};
use eventsourcing_core::{RecordedEvent, Version};

use super::assert_found;
use super::world::World;
use crate::fixture::{NewEventExt, append, event, only, read, whole};
use crate::history::Violation;

fn world() -> World {
    let mut world = World::default();
    world.appends(&append([
        event("a.X", "a-1"),
        event("a.Y", "a-2").linked_to("a-1"),
        event("a.X", "a-1"),
    ]));
    world
}

fn answer(world: &World, read: &ReadStreams, head: u64, events: &[&Arc<RecordedEvent>]) {
    let slice = StreamSlice {
        head: Version::new(head),
        events: events.iter().copied().map(Arc::clone).collect(),
    };
    let answer = StreamsRead {
        slices: vec![slice],
        repeated: None,
        dictionary: DictionarySize::default(),
    };
    world.recorder.begin_query(1).streams(read, &answer);
}

#[test]
fn a_read_returns_what_there_is() {
    let world = world();
    let [first, second, third] = &world.log[..] else {
        panic!("three events were written");
    };
    let after_the_first = ReadStream {
        after: Version::FIRST,
        ..whole("a-1")
    };
    let of_a_type = ReadStream {
        types: only(&["a.X"]),
        ..whole("a-1")
    };
    let up_to_the_second = ReadStream {
        up_to: Version::new(2),
        ..whole("a-1")
    };
    answer(&world, &read([whole("a-1")]), 3, &[first, second, third]);
    answer(&world, &read([up_to_the_second]), 3, &[first, second]);
    answer(&world, &read([after_the_first]), 3, &[second, third]);
    answer(&world, &read([of_a_type]), 3, &[first, third]);
    answer(&world, &read([whole("a-3")]), 0, &[]);
    world.check().assert_clean();
}

#[test]
fn a_read_that_lacks_an_event_is_found() {
    let world = world();
    answer(&world, &read([whole("a-1")]), 3, &[&world.log[0], &world.log[2]]);
    assert_found!(
        world,
        Violation::WrongSlice {
            found: 2,
            expected: 3,
            ..
        }
    );
}

#[test]
fn a_read_with_an_event_of_another_type_is_found() {
    let world = world();
    let of_a_type = ReadStream {
        types: only(&["a.X"]),
        ..whole("a-1")
    };
    answer(
        &world,
        &read([of_a_type]),
        3,
        &[&world.log[0], &world.log[1], &world.log[2]],
    );
    assert_found!(
        world,
        Violation::WrongSlice {
            found: 3,
            expected: 2,
            ..
        }
    );
}

#[test]
fn a_read_in_another_order_is_found() {
    let world = world();
    answer(
        &world,
        &read([whole("a-1")]),
        3,
        &[&world.log[1], &world.log[0], &world.log[2]],
    );
    assert_found!(world, Violation::WrongSlice { .. });
}
