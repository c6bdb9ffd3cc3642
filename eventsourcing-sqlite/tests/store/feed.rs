//! Feeds find what is rare without looking at everything.

use std::sync::Arc;

use eventsourcing_core::store::{Append, EventLog, EventStore, FeedFilter, FeedPage, ReadFeed};
use eventsourcing_testkit::fixture::{NewEventExt, append, category, event, only, stream, tenant};

use crate::folder::{Folder, log};

/// More than one page looks through.
const COMMON: usize = 12_000;

#[tokio::test]
async fn a_rare_type_is_found_at_once() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    rare_among_common(&*log, append([event("a.Rare", "a-1")])).await;
    let types = FeedFilter {
        types: only(&["a.Rare"]),
        ..FeedFilter::ALL
    };
    assert_eq!(all_in_one_page(&*log, types).await, 3);
}

#[tokio::test]
async fn a_rare_category_is_found_at_once_through_links_as_well() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    rare_among_common(&*log, append([event("a.Common", "a-1").linked_to("rare-1")])).await;
    let categories = FeedFilter {
        categories: Some(vec![category("rare")]),
        ..FeedFilter::ALL
    };
    assert_eq!(all_in_one_page(&*log, categories).await, 3);
}

#[tokio::test]
async fn a_single_stream_is_found_at_once() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    rare_among_common(&*log, append([event("a.Common", "b-1").linked_to("a-7")])).await;
    let streams = FeedFilter {
        streams: Some(vec![stream("a-7")]),
        ..FeedFilter::ALL
    };
    assert_eq!(all_in_one_page(&*log, streams).await, 3);
}

#[tokio::test]
async fn a_small_tenant_is_found_at_once_among_large_ones() {
    let folder = Folder::new();
    let store = folder.open().await;
    let small = store.tenant(&tenant("small")).log;
    common(&*log(&store)).await;
    small
        .append(append([event("a.Common", "a-1")]).into())
        .await
        .unwrap();
    common(&*log(&store)).await;
    assert_eq!(all_in_one_page(&*small, FeedFilter::ALL).await, 1);
}

#[tokio::test]
async fn what_was_never_stored_is_not_looked_for() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    common(&*log).await;
    let types = FeedFilter {
        types: only(&["a.Unheard"]),
        ..FeedFilter::ALL
    };
    assert_eq!(all_in_one_page(&*log, types).await, 0);
}

/// Three rare events, with many common ones in between.
async fn rare_among_common(log: &dyn EventLog, rare: Append) {
    for _ in 0..3 {
        let mut rare = rare.clone();
        rare.events[0].id = event("a.Rare", "a-1").id;
        log.append(Arc::new(rare)).await.unwrap();
        common(log).await;
    }
}

async fn common(log: &dyn EventLog) {
    for _ in 0..COMMON / 2_000 {
        let events = (0..1_000).map(|_| event("a.Common", "a-1"));
        log.append(Arc::new(append(events.collect::<Vec<_>>())))
            .await
            .unwrap();
    }
}

/// How many events one page holds, which must be all.
async fn all_in_one_page(log: &dyn EventLog, filter: FeedFilter) -> usize {
    let read = ReadFeed {
        filter,
        ..ReadFeed::after(None)
    };
    let page: FeedPage = log.read_feed(&read).await.unwrap();
    assert!(
        page.is_last(),
        "the page ends at {:?} of {}",
        page.scanned_to.position,
        page.head
    );
    page.events.len()
}
