//! An append is written whole, at the places that the store gives it.

use eventsourcing_core::Version;

use super::log::types;
use super::{Log, Subject};
use crate::fixture::{AppendExt, append, event, whole};

pub(super) async fn an_append_reaches_every_stream_it_names(store: Subject) {
    let log = store.log();
    log.write(append([
        event("account.Opened", "account-1"),
        event("order.Placed", "order-1"),
    ]))
    .await;
    assert_eq!(log.types("account-1").await, ["account.Opened"]);
    assert_eq!(log.types("order-1").await, ["order.Placed"]);
}

pub(super) async fn versions_follow_the_order_of_the_events(store: Subject) {
    let log = store.log();
    let mixed = [
        event("a.One", "a-1"),
        event("b.One", "b-1"),
        event("a.Two", "a-1"),
        event("b.Two", "b-1"),
    ];
    let appended = log.write(append(mixed)).await;
    let versions: Vec<_> = appended
        .events
        .iter()
        .map(|event| event.home.version.get())
        .collect();
    assert_eq!(versions, [1, 1, 2, 2]);
    assert_eq!(log.types("a-1").await, ["a.One", "a.Two"]);
    assert_eq!(log.types("b-1").await, ["b.One", "b.Two"]);
}

pub(super) async fn versions_go_on_without_a_gap(store: Subject) {
    let log = store.log();
    for length in [1, 3, 2] {
        log.write(append((0..length).map(|_| event("a.Happened", "a-1"))))
            .await;
        log.write(append([event("b.Happened", "b-1")])).await;
    }
    assert_eq!(versions(&log, "a-1").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(versions(&log, "b-1").await, [1, 2, 3]);
}

pub(super) async fn a_conflict_leaves_no_gap_in_the_versions(store: Subject) {
    let log = store.log();
    log.write(append([event("a.Happened", "a-1")])).await;
    log.conflict(append([event("a.Happened", "a-1")]).if_absent("a-1"))
        .await;
    log.write(append([event("a.Happened", "a-1")])).await;
    assert_eq!(versions(&log, "a-1").await, [1, 2]);
}

pub(super) async fn positions_grow_over_all_streams(store: Subject) {
    let log = store.log();
    let mut last = log.end().await.position;
    for name in ["a-1", "b-1", "a-1", "c"] {
        let appended = log
            .write(append([event("x.Happened", name), event("x.Happened", name)]))
            .await;
        for event in &appended.events {
            assert!(event.position > last, "{} is not after {last}", event.position);
            last = event.position;
        }
        assert_eq!(appended.position, last);
    }
}

pub(super) async fn events_of_one_append_follow_each_other_in_the_feed(store: Subject) {
    let log = store.log();
    log.write(append([
        event("a.One", "a-1"),
        event("b.Two", "b-1"),
        event("a.Three", "a-1"),
    ]))
    .await;
    log.write(append([event("c.Four", "c-1"), event("a.Five", "a-2")]))
        .await;
    assert_eq!(
        types(&log.feed().await),
        ["a.One", "b.Two", "a.Three", "c.Four", "a.Five"]
    );
}

pub(super) async fn what_an_append_returns_is_what_is_read_later(store: Subject) {
    let log = store.log();
    let appended = log
        .write(append([event("a.One", "a-1"), event("a.Two", "a-1")]))
        .await;
    assert!(!appended.repeated);
    assert_eq!(log.slice(whole("a-1")).await.events, appended.events);
    assert_eq!(log.feed().await, appended.events);
}

pub(super) async fn an_event_comes_back_with_everything_it_was_given(store: Subject) {
    let log = store.log();
    let mut given = event("account.Opened", "account-1");
    given.schema_version = 7;
    given.metadata = r#"{"command_id":"x"}"#.into();
    let appended = log.write(append([given.clone()])).await;
    let stored = &appended.events[0];
    assert_eq!(stored.id, given.id);
    assert_eq!(stored.tenant, log.tenant.tenant);
    assert_eq!(stored.event_type, given.event_type);
    assert_eq!(stored.schema_version, given.schema_version);
    assert_eq!(stored.content_type, given.content_type);
    assert_eq!(stored.payload, given.payload);
    assert_eq!(stored.metadata, given.metadata);
    assert_eq!(stored.home.stream, given.home);
    assert_eq!(stored.home.version, Version::FIRST);
    assert!(stored.links.is_empty());
}

pub(super) async fn an_append_of_nothing_succeeds_at_the_end_of_the_log(store: Subject) {
    let log = store.log();
    let written = log.write(append([event("a.Happened", "a-1")])).await;
    let nothing = log.write(append([])).await;
    assert!(nothing.events.is_empty());
    assert_eq!(nothing.position, written.position);
    assert_eq!(log.feed().await.len(), 1);
}

pub(super) async fn an_acknowledged_append_is_seen_by_the_next_read(store: Subject) {
    let log = store.log();
    for count in 1..=50 {
        let appended = log.write(append([event("a.Happened", "a-1")])).await;
        assert_eq!(log.head("a-1").await, count);
        assert_eq!(log.end().await.position, appended.position);
    }
}

async fn versions(log: &Log, stream: &str) -> Vec<u64> {
    let slice = log.slice(whole(stream)).await;
    let places = slice.events.iter().flat_map(|event| event.streams());
    places
        .filter(|place| place.stream == *stream)
        .map(|place| place.version.get())
        .collect()
}
