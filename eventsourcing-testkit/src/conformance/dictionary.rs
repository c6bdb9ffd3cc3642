//! The dictionary knows every event type name that was ever stored in the streams of a category.

use super::Subject;
use crate::fixture::{AppendExt, NewEventExt, append, event, new_command, read};

pub(super) async fn names_are_listed_once_and_in_order(store: Subject) {
    let log = store.log();
    let events = [
        event("a.Zebra", "a-1"),
        event("a.Ape", "a-2"),
        event("a.Zebra", "a-2"),
        event("b.Bear", "b-1"),
    ];
    log.write(append(events)).await;
    log.write(append([event("a.Lion", "a-1"), event("a.Ape", "a-1")]))
        .await;
    assert_eq!(log.dictionary("a").await, ["a.Ape", "a.Lion", "a.Zebra"]);
    assert_eq!(log.dictionary("b").await, ["b.Bear"]);
}

pub(super) async fn linked_streams_count(store: Subject) {
    let log = store.log();
    log.write(append([event("x.Moved", "a-1").linked_to("b-1").linked_to("c")]))
        .await;
    for category in ["a", "b", "c"] {
        assert_eq!(log.dictionary(category).await, ["x.Moved"], "{category}");
    }
}

pub(super) async fn a_category_without_events_has_no_names(store: Subject) {
    let log = store.log();
    log.write(append([event("ab.Happened", "ab-1")])).await;
    assert!(log.dictionary("a").await.is_empty());
}

pub(super) async fn the_size_grows_with_each_new_pair_and_only_then(store: Subject) {
    let log = store.log();
    let mut sizes = Vec::new();
    for events in [
        vec![event("x.One", "a-1")],
        vec![event("x.One", "a-1"), event("x.One", "a-2")],
        vec![event("x.One", "b-1")],
        vec![event("x.Two", "a-1").linked_to("b-1")],
        vec![event("x.Two", "b-2").linked_to("a-2")],
    ] {
        log.write(append(events)).await;
        sizes.push(log.read([]).await.dictionary.0);
    }
    assert_eq!(sizes, [1, 1, 2, 4, 4]);
}

pub(super) async fn the_size_comes_with_a_repeated_command(store: Subject) {
    let log = store.log();
    let command = new_command();
    log.write(append([event("x.One", "a-1")]).under(command)).await;
    let mut lookup = read([]);
    lookup.command = Some(command);
    let found = log
        .raw()
        .read_streams(&lookup)
        .await
        .expect("the command is known");
    assert_eq!(found.dictionary.0, 1);
}
