//! A linked event lies in several streams, with a version in each.

use eventsourcing_core::Version;

use super::Subject;
use super::log::types;
use crate::fixture::{AppendExt, NewEventExt, append, event, stream, whole};

pub(super) async fn a_linked_event_takes_a_version_in_each_stream(store: Subject) {
    let log = store.log();
    log.write(append([
        event("a.One", "a-1"),
        event("a.Two", "a-1"),
        event("b.One", "b-1"),
    ]))
    .await;
    let moved = event("a.Moved", "a-1").linked_to("b-1").linked_to("c-1");
    let appended = log.write(append([moved])).await;
    let event = &appended.events[0];
    assert_eq!(event.version_in(&stream("a-1")), Some(Version::new(3)));
    assert_eq!(event.version_in(&stream("b-1")), Some(Version::new(2)));
    assert_eq!(event.version_in(&stream("c-1")), Some(Version::new(1)));
}

pub(super) async fn the_head_counts_linked_events(store: Subject) {
    let log = store.log();
    log.write(append([event("b.One", "b-1")])).await;
    log.write(append([event("a.Moved", "a-1").linked_to("b-1")]))
        .await;
    assert_eq!(log.head("b-1").await, 2);
}

pub(super) async fn a_linked_event_is_read_in_each_stream(store: Subject) {
    let log = store.log();
    let appended = log
        .write(append([event("a.Moved", "a-1").linked_to("b-1")]))
        .await;
    for stream in ["a-1", "b-1"] {
        assert_eq!(log.slice(whole(stream)).await.events, appended.events, "{stream}");
    }
}

pub(super) async fn a_linked_event_comes_once_in_the_feed(store: Subject) {
    let log = store.log();
    log.write(append([
        event("a.Moved", "a-1").linked_to("b-1").linked_to("b-2"),
        event("a.Next", "a-1"),
    ]))
    .await;
    assert_eq!(types(&log.feed().await), ["a.Moved", "a.Next"]);
}

pub(super) async fn home_and_linked_events_share_the_versions_of_a_stream(store: Subject) {
    let log = store.log();
    let mixed = [
        event("x.One", "a-1"),
        event("x.Two", "b-1").linked_to("a-1"),
        event("x.Three", "a-1").linked_to("b-1"),
        event("x.Four", "b-1"),
    ];
    let appended = log.write(append(mixed)).await;
    let versions = |name: &str| -> Vec<_> {
        let places = appended
            .events
            .iter()
            .map(|event| event.version_in(&stream(name)));
        places.map(|version| version.map(Version::get)).collect()
    };
    assert_eq!(versions("a-1"), [Some(1), Some(2), Some(3), None]);
    assert_eq!(versions("b-1"), [None, Some(1), Some(2), Some(3)]);
    assert_eq!(log.types("a-1").await, ["x.One", "x.Two", "x.Three"]);
    assert_eq!(log.types("b-1").await, ["x.Two", "x.Three", "x.Four"]);
}

pub(super) async fn links_keep_their_order(store: Subject) {
    let log = store.log();
    log.write(append([event("a.Moved", "a-1")
        .linked_to("c-1")
        .linked_to("b-1")
        .linked_to("a-2")]))
        .await;
    let stored = log.slice(whole("b-1")).await.events.remove(0);
    let links: Vec<_> = stored.links.iter().map(|place| place.stream.as_str()).collect();
    assert_eq!(links, ["c-1", "b-1", "a-2"]);
    assert_eq!(stored.home.stream, "a-1");
}

pub(super) async fn a_linked_event_conflicts_in_the_linked_stream(store: Subject) {
    let log = store.log();
    log.write(append([event("b.One", "b-1")])).await;
    log.write(append([event("a.Moved", "a-1").linked_to("b-1")]))
        .await;
    let conflict = log
        .conflict(append([event("b.Two", "b-1")]).if_at("b-1", 1))
        .await;
    assert_eq!(conflict.head, Version::new(2));
}

pub(super) async fn a_linked_stream_needs_no_condition(store: Subject) {
    let log = store.log();
    log.write(append([event("b.One", "b-1")])).await;
    log.write(append([event("a.Moved", "a-1").linked_to("b-1")]).if_absent("a-1"))
        .await;
    assert_eq!(log.head("b-1").await, 2);
}

pub(super) async fn a_linked_stream_may_have_a_condition(store: Subject) {
    let log = store.log();
    log.write(append([event("b.One", "b-1")])).await;
    let moved = append([event("a.Moved", "a-1").linked_to("b-1")]);
    log.conflict(moved.clone().if_absent("b-1")).await;
    log.write(moved.if_at("b-1", 1)).await;
    assert_eq!(log.head("b-1").await, 2);
}
