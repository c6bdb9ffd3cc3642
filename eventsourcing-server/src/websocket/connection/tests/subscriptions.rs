use serde_json::json;

use super::world::{World, cursor, limits, page};
use crate::problem::{Problem, ProblemKind};
use crate::websocket::connection::{Action, Frame};

#[test]
fn events_are_sent_together_with_a_cursor_to_go_on_from() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 0);
    assert_eq!(world.says()["type"], "caught_up");
    world.connection.read(feed, Ok(page([1, 2], 2)));
    world.connection.read(feed, Ok(page([4], 5)));
    assert_eq!(
        world.says(),
        json!({ "type": "events", "subscription": "s", "cursor": cursor(5), "events": [1, 2, 4] })
    );
    assert!(world.is_silent());
}

#[test]
fn no_page_is_read_without_credit() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(0), 9);
    assert!(!world.connection.wants_page(feed));
    world.hears(&json!({ "type": "credit", "subscription": "s", "events": 2 }));
    assert!(world.connection.wants_page(feed));
}

#[test]
fn what_there_is_no_credit_for_waits_and_the_cursor_stays_before_it() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(2), 9);
    world.connection.read(feed, Ok(page([1, 2, 3], 9)));
    assert_eq!(
        world.says(),
        json!({ "type": "events", "subscription": "s", "cursor": cursor(2), "events": [1, 2] })
    );
    assert!(world.is_silent());
    assert!(!world.connection.wants_page(feed));
    world.hears(&json!({ "type": "credit", "subscription": "s", "events": 1 }));
    assert_eq!(
        world.says(),
        json!({ "type": "events", "subscription": "s", "cursor": cursor(9), "events": [3] })
    );
    assert_eq!(
        world.says(),
        json!({ "type": "caught_up", "subscription": "s", "cursor": cursor(9) })
    );
}

#[test]
fn it_is_caught_up_once_it_has_come_to_where_the_log_ended_when_it_began() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(100), 7);
    world.connection.read(feed, Ok(page([1], 6)));
    assert_eq!(world.says()["type"], "events");
    assert!(world.is_silent());
    world.connection.read(feed, Ok(page([], 7)));
    assert_eq!(
        world.says(),
        json!({ "type": "caught_up", "subscription": "s", "cursor": cursor(7) })
    );
    world.connection.read(feed, Ok(page([8], 8)));
    assert_eq!(world.says()["type"], "events");
    assert!(world.is_silent());
}

#[test]
fn no_page_is_read_while_too_many_bytes_wait_for_the_socket() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 1_000);
    let bytes: u64 = limits().events_bytes.try_into().unwrap();
    world.connection.read(feed, Ok(page(1..=bytes, bytes)));
    assert!(!world.connection.wants_page(feed));
    let message = world.says();
    assert!(message["events"].as_array().unwrap().len() < 100, "it is cut");
    while world.sends().is_some() {}
    assert!(world.connection.wants_page(feed));
}

#[test]
fn an_event_that_is_larger_than_a_message_should_be_is_sent_alone() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!("unlimited"), 2);
    let mut large = page([1, 2], 2);
    large.events[0].json = format!("\"{}\"", "x".repeat(5_000)).into();
    world.connection.read(feed, Ok(large));
    assert_eq!(world.says()["cursor"], json!(cursor(1)));
    assert_eq!(world.says()["events"], json!([2]));
}

#[test]
fn subscriptions_take_turns() {
    let mut world = World::new();
    let feeds = ["a", "b"].map(|name| world.subscribed(name, &json!("unlimited"), 1_000));
    for feed in feeds {
        world.connection.read(feed, Ok(page(1..=100, 100)));
    }
    let said: Vec<_> = (0..4).map(|_| world.says()["subscription"].clone()).collect();
    assert_eq!(said, ["a", "b", "a", "b"]);
}

#[test]
fn who_hears_nothing_for_long_is_told_how_far_the_log_was_looked_through() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(100), 0);
    assert_eq!(world.says()["type"], "caught_up");
    world.connection.read(feed, Ok(page([], 3)));
    assert!(world.is_silent());
    world.passes(limits().ping_interval);
    assert_eq!(world.sends(), Some(Frame::Ping));
    world.connection.received_sign_of_life(world.now);
    assert_eq!(
        world.says(),
        json!({ "type": "events", "subscription": "s", "cursor": cursor(3), "events": [] })
    );
    world.passes(limits().ping_interval);
    assert_eq!(world.sends(), Some(Frame::Ping));
    assert!(world.is_silent(), "there is no news");
}

#[test]
fn who_unsubscribes_is_told_where_to_go_on_and_hears_no_more() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(1), 9);
    world.connection.read(feed, Ok(page([1, 2], 2)));
    assert_eq!(world.says()["events"], json!([1]));
    world.hears(&json!({ "type": "unsubscribe", "subscription": "s" }));
    assert_eq!(
        world.says(),
        json!({ "type": "ended", "subscription": "s", "reason": "unsubscribed", "cursor": cursor(1) })
    );
    assert!(matches!(world.connection.next_action(), Some(Action::Close { feed: closed }) if closed == feed));
    // A page that was on its way.
    world.connection.read(feed, Ok(page([3], 3)));
    assert!(world.is_silent());
    // The name is free again, and credit for what has ended is no mistake.
    world.hears(&json!({ "type": "credit", "subscription": "s", "events": 1 }));
    assert_ne!(world.subscribed("s", &json!(1), 9), feed);
}

#[test]
fn a_feed_that_fails_ends_its_subscription_and_nothing_else() {
    let mut world = World::new();
    let feed = world.subscribed("s", &json!(1), 9);
    let other = world.subscribed("other", &json!(1), 9);
    world
        .connection
        .read(feed, Err(Problem::of(ProblemKind::Unavailable)));
    let ended = world.says();
    assert_eq!(ended["reason"], "failed");
    assert_eq!(ended["cursor"], json!(cursor(0)));
    assert_eq!(ended["problem"]["status"], 503);
    assert!(world.connection.wants_page(other));
}

#[test]
fn a_cursor_of_another_log_is_refused() {
    let mut world = World::new();
    world.hears(&json!({ "type": "subscribe", "subscription": "s", "after": cursor(7), "credits": 1 }));
    let Some(Action::Open { feed, .. }) = world.connection.next_action() else {
        panic!("it opens no feed");
    };
    world
        .connection
        .opened(feed, Err(Problem::of(ProblemKind::ForeignCursor)));
    let ended = world.says();
    assert_eq!(
        (&ended["type"], &ended["reason"]),
        (&json!("ended"), &json!("failed"))
    );
    assert_eq!(ended["problem"]["status"], 410);
}

#[test]
fn what_makes_no_sense_for_a_subscription_is_answered_under_its_name() {
    let mut world = World::new();
    world.subscribed("taken", &json!(1), 0);
    assert_eq!(world.says()["type"], "caught_up");
    let cases = [
        (json!({ "subscription": "taken", "credits": 1 }), 400),
        (json!({ "subscription": "s" }), 400),
        (json!({ "subscription": "s", "credits": -1 }), 400),
        (json!({ "subscription": "s", "credits": "many" }), 400),
        (
            json!({ "subscription": "s", "credits": 1, "after": "yesterday" }),
            400,
        ),
        (
            json!({ "subscription": "s", "credits": 1, "filter": { "streams": ["Bell 1"] } }),
            400,
        ),
        (
            json!({ "subscription": "s", "credits": 1, "filter": { "types": [] } }),
            400,
        ),
        (
            json!({ "subscription": "s", "credits": 1, "filter": { "stream": ["bell-1"] } }),
            400,
        ),
        (
            json!({ "subscription": "s", "credits": 1, "filter": { "categories": ["a", "b", "c", "d"] } }),
            400,
        ),
    ];
    for (mut message, status) in cases {
        message["type"] = json!("subscribe");
        world.hears(&message);
        let answer = world.says();
        assert_eq!(answer["type"], "error", "{message}");
        assert_eq!(answer["subscription"], message["subscription"], "{message}");
        assert_eq!(answer["problem"]["status"], status, "{message}");
    }
    world.subscribed("second", &json!(1), 0);
    assert_eq!(world.says()["type"], "caught_up");
    world.hears(&json!({ "type": "subscribe", "subscription": "third", "credits": 1 }));
    assert_eq!(world.says()["problem"]["status"], 429);
    assert!(world.connection.next_action().is_none());
}
