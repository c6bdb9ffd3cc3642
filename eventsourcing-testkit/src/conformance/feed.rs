//! The feed gives every event once, in commit order, from wherever the reader has come to.

use std::num::NonZeroUsize;

use eventsourcing_core::store::{Checkpoint, FeedFilter, ReadFeed};
use eventsourcing_core::{Position, TypeFilter};

use super::log::types;
use super::{Log, Subject};
use crate::fixture::{NewEventExt, append, category, event, only, stream};

pub(super) async fn an_empty_log_has_an_empty_feed(store: Subject) {
    let page = store.log().page(ReadFeed::after(None)).await;
    assert!(page.events.is_empty() && page.is_last());
    assert_eq!(
        (page.scanned_to.position, page.head),
        (Position::START, Position::START)
    );
}

pub(super) async fn the_feed_is_in_commit_order(store: Subject) {
    let log = store.log();
    for name in ["x.One", "x.Two", "x.Three"] {
        log.write(append([event(name, "b-1"), event(name, "a-1")])).await;
    }
    let events = log.feed().await;
    assert_eq!(
        types(&events),
        ["x.One", "x.One", "x.Two", "x.Two", "x.Three", "x.Three"]
    );
    assert!(events.windows(2).all(|pair| pair[0].position < pair[1].position));
}

pub(super) async fn an_event_in_two_streams_of_a_category_takes_one_place_on_a_page(store: Subject) {
    let log = store.log();
    log.write(append([
        event("a.Moved", "a-1").linked_to("b-1").linked_to("b-2"),
        event("b.Next", "b-1"),
    ]))
    .await;
    let page = ReadFeed {
        filter: FeedFilter {
            categories: Some(vec![category("b")]),
            ..FeedFilter::ALL
        },
        max_events: NonZeroUsize::MIN.saturating_add(1),
        ..ReadFeed::after(None)
    };
    assert_eq!(types(&log.page(page).await.events), ["a.Moved", "b.Next"]);
}

pub(super) async fn reading_goes_on_after_any_checkpoint(store: Subject) {
    let log = log_with_ten(&store).await;
    let all = log.feed().await;
    let store = store.store.identity();
    for (at, event) in all.iter().enumerate() {
        let after = Checkpoint {
            store,
            position: event.position,
        };
        assert_eq!(
            log.feed_after(Some(after), &FeedFilter::ALL).await,
            all[at + 1..],
            "after event {at}"
        );
    }
}

pub(super) async fn a_reader_that_keeps_up_sees_what_is_appended_later(store: Subject) {
    let log = log_with_ten(&store).await;
    let end = log.end().await;
    assert!(log.feed_after(Some(end), &FeedFilter::ALL).await.is_empty());
    log.write(append([event("x.Eleven", "a-1")])).await;
    assert_eq!(
        types(&log.feed_after(Some(end), &FeedFilter::ALL).await),
        ["x.Eleven"]
    );
}

pub(super) async fn the_feed_gives_what_passes_the_filter(store: Subject) {
    let log = log_with_ten(&store).await;
    let all = log.feed().await;
    for filter in filters() {
        let mut expected = all.clone();
        expected.retain(|event| filter.matches(event));
        assert_eq!(log.feed_after(None, &filter).await, expected, "{filter:?}");
    }
}

pub(super) async fn what_does_not_pass_the_filter_is_scanned_all_the_same(store: Subject) {
    let log = log_with_ten(&store).await;
    let pages = log.pages(of_types(TypeFilter::NONE)).await;
    assert!(pages.iter().all(|page| page.events.is_empty()));
    assert_eq!(pages.last().map(|page| page.scanned_to), Some(log.end().await));
}

pub(super) async fn nothing_that_passes_the_filter_lies_unreturned_before_scanned_to(store: Subject) {
    let log = log_with_ten(&store).await;
    let all = log.feed().await;
    let wanted = only(&["x.A", "x.B"]);
    for max_events in 1..=10 {
        let page = log.page(at_most(max_events, of_types(wanted.clone()))).await;
        let scanned = all
            .iter()
            .filter(|event| event.position <= page.scanned_to.position);
        let passed = scanned.filter(|event| wanted.matches(event.event_type.as_str()));
        assert!(passed.eq(&page.events), "at most {max_events}");
    }
}

pub(super) async fn a_page_holds_no_more_events_than_asked_for(store: Subject) {
    let log = log_with_ten(&store).await;
    let all = log.feed().await;
    for max_events in 1..=10 {
        let pages = log.pages(at_most(max_events, ReadFeed::after(None))).await;
        assert!(
            pages.iter().all(|page| page.events.len() <= max_events),
            "at most {max_events}"
        );
        assert_eq!(
            pages.into_iter().flat_map(|page| page.events).collect::<Vec<_>>(),
            all
        );
    }
}

pub(super) async fn a_page_holds_no_more_bytes_than_asked_for(store: Subject) {
    let log = store.log();
    for size in [100, 250, 50, 300, 10, 20] {
        log.write(append([event("x.Sized", "a-1").with_binary(vec![7; size])]))
            .await;
    }
    let all = log.feed().await;
    for max_bytes in [0, 60, 102, 360, 900] {
        let pages = log.pages(bytes_at_most(max_bytes)).await;
        for page in &pages {
            let bytes = page
                .events
                .iter()
                .map(|event| event.payload.len() + event.metadata.len());
            assert!(
                page.events.len() <= 1 || bytes.sum::<usize>() <= max_bytes,
                "at most {max_bytes} bytes"
            );
        }
        assert_eq!(
            pages.into_iter().flat_map(|page| page.events).collect::<Vec<_>>(),
            all
        );
    }
}

pub(super) async fn one_event_is_returned_however_large(store: Subject) {
    let log = store.log();
    log.write(append([
        event("x.Large", "a-1").with_binary(vec![7; 500_000]),
        event("x.Small", "a-1"),
    ]))
    .await;
    let page = log.page(bytes_at_most(1)).await;
    assert_eq!(types(&page.events), ["x.Large"]);
    assert!(!page.is_last());
}

pub(super) async fn every_page_tells_the_end_of_the_log(store: Subject) {
    let log = log_with_ten(&store).await;
    let end = log.feed().await.last().map(|event| event.position);
    let pages = log.pages(at_most(3, ReadFeed::after(None))).await;
    assert!(
        pages
            .iter()
            .all(|page| Some(page.head) == end && page.scanned_to.position <= page.head)
    );
}

/// Events of two categories, two streams each, and three types, some linked; whole appends of several.
async fn log_with_ten(store: &Subject) -> Log {
    let log = store.log();
    log.write(append([event("x.A", "a-1"), event("x.C", "a-2")]))
        .await;
    log.write(append([
        event("x.B", "b-1").linked_to("a-1"),
        event("x.C", "b-1"),
        event("x.C", "c"),
    ]))
    .await;
    log.write(append([
        event("x.C", "a-1"),
        event("x.A", "a-2").linked_to("b-2"),
    ]))
    .await;
    log.write(append([event("x.B", "c").linked_to("b-1").linked_to("a-2")]))
        .await;
    log.write(append([event("x.C", "b-2"), event("x.C", "a-1")]))
        .await;
    log
}

fn filters() -> Vec<FeedFilter> {
    let types = [
        TypeFilter::All,
        TypeFilter::NONE,
        only(&["x.A"]),
        only(&["x.A", "x.B", "x.Unheard"]),
    ];
    let categories = [
        None,
        Some(vec![]),
        Some(vec!["a"]),
        Some(vec!["b", "c"]),
        Some(vec!["unheard"]),
    ];
    let streams = [
        None,
        Some(vec![]),
        Some(vec!["a-1"]),
        Some(vec!["a-2", "b-2", "c"]),
        Some(vec!["a-3"]),
    ];
    let mut filters = Vec::new();
    for types in types {
        for categories in &categories {
            for streams in &streams {
                let named = |names: &Vec<&str>| names.iter().copied().map(category).collect();
                let listed = |ids: &Vec<&str>| ids.iter().copied().map(stream).collect();
                filters.push(FeedFilter {
                    types: types.clone(),
                    categories: categories.as_ref().map(named),
                    streams: streams.as_ref().map(listed),
                });
            }
        }
    }
    filters
}

fn of_types(types: TypeFilter) -> ReadFeed {
    ReadFeed {
        filter: FeedFilter {
            types,
            ..FeedFilter::ALL
        },
        ..ReadFeed::after(None)
    }
}

fn at_most(events: usize, read: ReadFeed) -> ReadFeed {
    ReadFeed {
        max_events: NonZeroUsize::new(events).expect("at least one"),
        ..read
    }
}

fn bytes_at_most(max_bytes: usize) -> ReadFeed {
    ReadFeed {
        max_bytes,
        ..ReadFeed::after(None)
    }
}
