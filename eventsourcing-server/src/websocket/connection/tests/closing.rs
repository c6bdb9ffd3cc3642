use std::time::Duration;

use serde_json::json;

use super::world::{EXPIRES, World, command, cursor, limits, page};
use crate::websocket::connection::{Action, Frame};

const MOMENT: Duration = Duration::from_millis(1);

fn closes_with(world: &mut World, code: u16) {
    match world.sends() {
        Some(Frame::Close(farewell)) => assert_eq!(farewell.code, code),
        other => panic!("it sends {other:?}"),
    }
    assert!(world.connection.is_closed());
    assert!(world.is_silent());
}

#[test]
fn who_says_nothing_is_asked_and_then_left() {
    let mut world = World::new();
    world.passes(limits().ping_interval.saturating_sub(MOMENT));
    assert!(world.is_silent());
    world.passes(MOMENT);
    assert_eq!(world.sends(), Some(Frame::Ping));
    world.connection.received_sign_of_life(world.now);
    world.passes(limits().ping_interval);
    assert_eq!(world.sends(), Some(Frame::Ping));
    world.passes(limits().pong_timeout);
    assert_eq!(world.says()["reason"], "no_pong");
    closes_with(&mut world, 1008);
}

#[test]
fn who_has_much_to_read_before_the_ping_is_asked_again() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 0);
    assert_eq!(world.says()["type"], "caught_up");
    for position in 1..4 {
        world.passes(limits().ping_interval.max(limits().pong_timeout));
        assert_eq!(world.sends(), Some(Frame::Ping));
        world.connection.read(feed, Ok(page([position], position)));
        assert_eq!(world.says()["type"], "events");
    }
    world.passes(limits().pong_timeout);
    assert_eq!(world.sends(), Some(Frame::Ping));
    world.passes(limits().pong_timeout);
    assert_eq!(world.says()["reason"], "no_pong");
}

#[test]
fn who_is_not_listened_to_is_not_left_for_its_silence() {
    let mut world = World::new();
    for request in ["1", "2", "3"] {
        world.hears(&command(request));
    }
    world.passes(limits().ping_interval);
    world.passes(limits().pong_timeout);
    world.passes(limits().pong_timeout);
    assert!(world.is_silent());
}

#[test]
fn who_does_not_read_is_closed_and_told_where_to_go_on() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 9);
    world.connection.read(feed, Ok(page(1..=100, 100)));
    let last = world.says()["cursor"].clone();
    world.connection.stuck(world.now);
    world.passes(limits().write_timeout.saturating_sub(MOMENT));
    // It is still stuck: since when does not change.
    world.connection.stuck(world.now);
    assert!(!world.connection.is_ending());
    world.passes(MOMENT);
    assert_eq!(
        world.says(),
        json!({ "type": "ended", "subscription": "s", "reason": "slow_consumer", "cursor": last })
    );
    assert_eq!(
        world.says(),
        json!({ "type": "goodbye", "reason": "slow_consumer", "retry_after_ms": 0 })
    );
    closes_with(&mut world, 1013);
}

#[test]
fn who_reads_slowly_but_reads_is_not_closed() {
    let mut world = World::new();
    for _ in 0..3 {
        world.connection.stuck(world.now);
        world.passes(limits().write_timeout.saturating_sub(MOMENT));
        world.connection.moved();
    }
    assert!(!world.connection.is_ending());
}

#[test]
fn at_shutdown_subscribers_are_told_where_to_go_on_and_commands_get_their_results() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 9);
    world.connection.read(feed, Ok(page([1], 1)));
    world.says();
    world.hears(&command("1"));
    world.connection.shut_down(Duration::from_secs(2));
    assert_eq!(
        world.says(),
        json!({ "type": "ended", "subscription": "s", "reason": "shutting_down", "cursor": cursor(1) })
    );
    assert_eq!(
        world.says(),
        json!({ "type": "goodbye", "reason": "shutting_down", "retry_after_ms": 2000 })
    );
    assert!(world.is_silent());
    world.hears(&command("2"));
    assert_eq!(world.says()["problem"]["status"], 503);
    world.hears(&json!({ "type": "subscribe", "subscription": "t", "credits": 1 }));
    assert_eq!(world.says()["problem"]["status"], 503);
    world.done("1");
    assert_eq!(world.says()["request"], "1");
    closes_with(&mut world, 1012);
    let dispatched = std::iter::from_fn(|| world.connection.next_action())
        .filter(|action| matches!(action, Action::Dispatch { .. }))
        .count();
    assert_eq!(dispatched, 1);
}

#[test]
fn whose_credentials_have_expired_is_closed() {
    let mut world = World::new();
    world.subscribed("s", &json!(1), 9);
    world.now += EXPIRES;
    assert!(world.connection.next_tick().is_some_and(|tick| tick <= world.now));
    world.passes(Duration::ZERO);
    assert_eq!(world.says()["reason"], "credentials_expired");
    assert_eq!(world.says()["type"], "goodbye");
    closes_with(&mut world, 1008);
}

#[test]
fn bytes_are_refused() {
    let mut world = World::new();
    world.connection.received_binary();
    assert_eq!(world.says()["type"], "error");
    closes_with(&mut world, 1003);
}

#[test]
fn nothing_is_obeyed_after_the_end() {
    let mut world = World::new();
    world.connection.received_too_much();
    world.hears(&command("1"));
    assert!(world.connection.next_action().is_none());
    assert_eq!(world.says()["type"], "error");
    closes_with(&mut world, 1009);
    world.hears(&command("1"));
    assert!(world.is_silent());
    assert_eq!(world.connection.next_tick(), None);
}
