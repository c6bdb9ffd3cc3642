//! A condition fails the append if a stream holds an event of certain types above the version that was seen.

use eventsourcing_core::{TypeFilter, Version};

use super::{Log, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, only, stream};

pub(super) async fn a_stream_that_has_not_moved_on_may_be_written(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One", "a.Two"]).await;
    log.write(append([event("a.Three", "a-1")]).if_at("a-1", 2)).await;
    assert_eq!(log.head("a-1").await, 3);
}

pub(super) async fn a_written_stream_that_has_moved_on_conflicts(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One", "a.Two"]).await;
    log.conflict(append([event("a.Three", "a-1")]).if_at("a-1", 1))
        .await;
    assert_eq!(log.head("a-1").await, 2);
}

pub(super) async fn a_stream_that_was_only_read_conflicts_as_well(store: Subject) {
    let log = log_with(&store, "rules-1", &["rules.Set", "rules.Changed"]).await;
    log.conflict(append([event("a.One", "a-1")]).if_at("rules-1", 1))
        .await;
    assert_eq!(log.head("a-1").await, 0);
}

pub(super) async fn a_stream_that_was_absent_and_is_not_any_more_conflicts(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    log.conflict(append([event("a.One", "a-1")]).if_absent("a-1"))
        .await;
    assert_eq!(log.head("a-1").await, 1);
}

pub(super) async fn an_absent_stream_is_absent(store: Subject) {
    let log = store.log();
    log.write(append([event("a.One", "a-1")]).if_absent("a-1").if_absent("b-1"))
        .await;
    assert_eq!(log.head("a-1").await, 1);
}

pub(super) async fn the_events_of_the_append_itself_do_not_conflict(store: Subject) {
    let log = store.log();
    log.write(append([event("a.One", "a-1"), event("a.Two", "a-1")]).if_absent("a-1"))
        .await;
    assert_eq!(log.head("a-1").await, 2);
}

pub(super) async fn a_stream_without_a_condition_takes_anything(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    log.write(append([event("a.Two", "a-1"), event("b.One", "b-1")]).if_absent("b-1"))
        .await;
    assert_eq!(log.head("a-1").await, 2);
}

pub(super) async fn a_conflict_writes_nothing(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    let before = (log.end().await, log.read([]).await.dictionary);
    let doomed = [
        event("b.New", "b-1"),
        event("c.New", "c-1").linked_to("d-1"),
        event("a.New", "a-1"),
    ];
    log.conflict(append(doomed).if_absent("b-1").if_absent("a-1"))
        .await;
    for stream in ["b-1", "c-1", "d-1"] {
        assert_eq!(log.head(stream).await, 0, "{stream}");
    }
    assert_eq!(log.types("a-1").await, ["a.One"]);
    assert_eq!(log.feed().await.len(), 1);
    assert_eq!((log.end().await, log.read([]).await.dictionary), before);
    assert!(log.dictionary("b").await.is_empty());
}

pub(super) async fn a_conflict_says_which_stream_has_moved_on_and_how_far(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One", "a.Two", "a.Three"]).await;
    let conflict = log.conflict(append([]).if_absent("b-1").if_at("a-1", 1)).await;
    assert_eq!(conflict.stream, stream("a-1"));
    assert_eq!(conflict.seen, Version::new(1));
    assert_eq!(conflict.head, Version::new(3));
}

pub(super) async fn the_first_condition_that_fails_is_the_one_named(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    log.write(append([event("b.One", "b-1"), event("b.Two", "b-1")]))
        .await;
    let conflict = log
        .conflict(append([]).if_at("a-1", 1).if_at("b-1", 1).if_absent("a-1"))
        .await;
    assert_eq!((conflict.stream, conflict.seen), (stream("b-1"), Version::new(1)));
}

pub(super) async fn events_of_other_types_do_not_conflict(store: Subject) {
    let log = log_with(&store, "a-1", &["a.Opened", "a.Noted", "a.Noted"]).await;
    let closing = append([event("a.Closed", "a-1")]);
    log.write(closing.if_none_of(only(&["a.Closed", "a.Frozen"]), "a-1", 1))
        .await;
    assert_eq!(log.head("a-1").await, 4);
}

pub(super) async fn events_of_the_named_types_conflict(store: Subject) {
    let log = log_with(&store, "a-1", &["a.Opened", "a.Frozen", "a.Noted"]).await;
    let closing = append([event("a.Closed", "a-1")]);
    log.conflict(closing.if_none_of(only(&["a.Closed", "a.Frozen"]), "a-1", 1))
        .await;
    assert_eq!(log.head("a-1").await, 3);
}

pub(super) async fn events_of_the_named_types_do_not_conflict_once_seen(store: Subject) {
    let log = log_with(&store, "a-1", &["a.Opened", "a.Frozen", "a.Noted"]).await;
    log.write(append([event("a.Closed", "a-1")]).if_none_of(only(&["a.Frozen"]), "a-1", 2))
        .await;
    assert_eq!(log.head("a-1").await, 4);
}

pub(super) async fn a_condition_on_no_types_always_holds(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    log.write(append([event("a.Two", "a-1")]).if_none_of(TypeFilter::NONE, "a-1", 0))
        .await;
    assert_eq!(log.head("a-1").await, 2);
}

pub(super) async fn a_version_that_the_stream_has_not_reached_holds(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    log.write(append([]).if_at("a-1", 5)).await;
    log.write(append([event("a.Two", "a-1")]).if_at("a-1", u64::MAX / 2))
        .await;
    assert_eq!(log.head("a-1").await, 2);
}

pub(super) async fn conditions_are_checked_without_events(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One"]).await;
    let held = log.write(append([]).if_at("a-1", 1)).await;
    assert_eq!(held.position, log.end().await.position);
    log.conflict(append([]).if_absent("a-1")).await;
}

pub(super) async fn all_conditions_on_one_stream_have_to_hold(store: Subject) {
    let log = log_with(&store, "a-1", &["a.One", "a.Two"]).await;
    let twice = |seen| {
        append([event("a.Three", "a-1")])
            .if_at("a-1", 2)
            .if_none_of(only(&["a.Two"]), "a-1", seen)
    };
    log.conflict(twice(1)).await;
    log.write(twice(2)).await;
    assert_eq!(log.head("a-1").await, 3);
}

async fn log_with(store: &Subject, stream: &str, types: &[&str]) -> Log {
    let log = store.log();
    log.write(append(types.iter().map(|name| event(name, stream))))
        .await;
    log
}
