use eventsourcing_core::Position;
use eventsourcing_core::store::FeedFilter;

use super::assert_found;
use super::world::World;
use crate::fixture::{NewEventExt, append, category, event, only};
use crate::history::{SubscriberRecorder, Violation};

/// Events at positions 1 to 3, of which the first two are of one type, and the last two in one category.
fn world() -> World {
    let mut world = World::default();
    world.appends(&append([
        event("a.X", "a-1"),
        event("a.X", "a-1").linked_to("b-1"),
        event("a.Y", "b-1"),
    ]));
    world
}

fn of_type() -> FeedFilter {
    FeedFilter {
        types: only(&["a.X"]),
        ..FeedFilter::ALL
    }
}

fn in_category() -> FeedFilter {
    FeedFilter {
        categories: Some(vec![category("b")]),
        ..FeedFilter::ALL
    }
}

fn subscribes(world: &World, filter: FeedFilter) -> SubscriberRecorder {
    world.recorder.subscriber("reader", filter, Position::START)
}

#[test]
fn pages_that_fit_together_are_fine() {
    let world = world();
    let [first, second, third] = &world.log[..] else {
        panic!("three events were written");
    };
    world.reads_feed(0, FeedFilter::ALL, &[first, second, third], 3);
    world.reads_feed(1, FeedFilter::ALL, &[second, third], 3);
    world.reads_feed(0, of_type(), &[first, second], 3);
    world.reads_feed(0, in_category(), &[second, third], 3);
    world.reads_feed(3, FeedFilter::ALL, &[], 3);
    world.check().assert_clean();
}

#[test]
fn a_page_that_lacks_an_event_is_found() {
    let world = world();
    world.reads_feed(0, FeedFilter::ALL, &[&world.log[0], &world.log[2]], 3);
    assert_found!(world, Violation::Skipped { .. });
}

#[test]
fn a_page_that_lacks_its_last_event_is_found() {
    let world = world();
    world.reads_feed(0, in_category(), &[&world.log[1]], 3);
    assert_found!(world, Violation::Skipped { .. });
}

#[test]
fn a_page_with_an_event_twice_is_found() {
    let world = world();
    world.reads_feed(0, of_type(), &[&world.log[0], &world.log[0], &world.log[1]], 3);
    assert_found!(world, Violation::DeliveredTwice { .. });
}

#[test]
fn a_page_out_of_order_is_found() {
    let world = world();
    world.reads_feed(0, of_type(), &[&world.log[1], &world.log[0]], 3);
    assert_found!(world, Violation::Disordered { .. });
}

#[test]
fn a_page_with_what_was_not_asked_for_is_found() {
    let world = world();
    world.reads_feed(0, of_type(), &[&world.log[0], &world.log[1], &world.log[2]], 3);
    assert_found!(world, Violation::Unexpected { .. });
}

#[test]
fn a_page_with_what_is_not_in_the_log_is_found() {
    let mut world = world();
    let rolled_back = world.log.pop().unwrap();
    world.reads_feed(2, FeedFilter::ALL, &[&rolled_back], 3);
    assert_found!(world, Violation::Unexpected { .. });
}

#[test]
fn a_feed_that_ends_before_what_was_acknowledged_is_found() {
    let world = world();
    world.reads_feed(0, FeedFilter::ALL, &[&world.log[0], &world.log[1]], 2);
    assert_found!(world, Violation::StaleFeed { .. });
}

#[test]
fn what_was_handed_over_before_a_restart_may_come_again() {
    let world = world();
    let subscriber = subscribes(&world, FeedFilter::ALL);
    subscriber.observed(&world.log[0]);
    subscriber.observed(&world.log[1]);
    subscriber.restarted(Position::new(1));
    subscriber.observed(&world.log[1]);
    subscriber.observed(&world.log[2]);
    subscriber.reached(Position::new(3));
    world.check().assert_clean();
}

#[test]
fn a_slow_subscriber_is_fine() {
    let world = world();
    subscribes(&world, FeedFilter::ALL).observed(&world.log[0]);
    world.check().assert_clean();
}

#[test]
fn a_subscriber_that_is_said_to_have_all_has_all() {
    let world = world();
    let subscriber = subscribes(&world, in_category());
    subscriber.observed(&world.log[1]);
    subscriber.reached(Position::new(2));
    world.check().assert_clean();

    subscriber.reached(Position::new(3));
    assert_found!(world, Violation::Skipped { .. });
}

#[test]
fn a_restart_behind_an_event_skips_it() {
    let world = world();
    let subscriber = subscribes(&world, FeedFilter::ALL);
    subscriber.observed(&world.log[0]);
    subscriber.restarted(Position::new(2));
    subscriber.observed(&world.log[2]);
    assert_found!(world, Violation::Skipped { .. });
}

#[test]
fn a_restart_behind_what_was_not_asked_for_is_fine() {
    let world = world();
    let subscriber = subscribes(&world, of_type());
    subscriber.observed(&world.log[0]);
    subscriber.observed(&world.log[1]);
    subscriber.restarted(Position::new(3));
    world.check().assert_clean();
}

#[test]
fn an_event_twice_without_a_restart_is_found() {
    let world = world();
    let subscriber = subscribes(&world, FeedFilter::ALL);
    subscriber.observed(&world.log[0]);
    subscriber.observed(&world.log[0]);
    assert_found!(world, Violation::DeliveredTwice { .. });
}
