//! The dictionary knows every event type name that was ever stored in the streams of a category.

use std::num::NonZeroUsize;

use eventsourcing_core::TypeFilter;
use eventsourcing_core::store::{FeedFilter, ReadFeed};

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

pub(super) async fn the_size_is_that_of_the_dictionary(store: Subject) {
    let log = store.log();
    log.write(append([
        event("x.One", "a-1").linked_to("b-1"),
        event("x.Two", "a-2"),
        event("x.Two", "c-1"),
    ]))
    .await;
    let dictionary = log.raw().dictionary().await;
    let dictionary = dictionary.expect("the dictionary should be readable");
    let categories = dictionary.categories().map(|(category, _)| category.as_str());
    assert_eq!(categories.collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(dictionary.size().0, 4);
    assert_eq!(dictionary.size(), log.read([]).await.dictionary);
}

pub(super) async fn every_page_of_the_feed_tells_the_size(store: Subject) {
    let log = store.log();
    let nothing = FeedFilter {
        types: TypeFilter::NONE,
        ..FeedFilter::ALL
    };
    let sizes = async || {
        let mut sizes = Vec::new();
        for filter in [&FeedFilter::ALL, &nothing] {
            let read = ReadFeed {
                filter: filter.clone(),
                max_events: NonZeroUsize::MIN,
                ..ReadFeed::after(None)
            };
            sizes.extend(log.pages(read).await.iter().map(|page| page.dictionary.0));
        }
        sizes.dedup();
        sizes
    };
    assert_eq!(sizes().await, [0], "of an empty log");
    log.write(append([event("x.One", "a-1")])).await;
    assert_eq!(sizes().await, [1], "of a page that hides all that there is");
    log.write(append([event("x.Two", "a-1").linked_to("b-1")])).await;
    assert_eq!(sizes().await, [3], "of a page before the end");
    let end = ReadFeed::after(Some(log.end().await));
    assert_eq!(log.page(end).await.dictionary.0, 3, "of a page without events");
    let other = store.tenant("another");
    other.write(append([event("y.One", "c-1")])).await;
    assert_eq!(sizes().await, [3], "of the tenant");
}
