//! What the indexes of feeds find is neither more nor less than what was asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventLog, EventStore, FeedFilter, ReadFeed};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{NewEventExt, append, category, event, only};

use crate::schema::TestSchema;

#[tokio::test]
async fn events_in_several_streams_of_a_category_push_no_others_out_of_a_page() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let twice = || {
        event("a.Linked", "right-1")
            .linked_to("left-1")
            .linked_to("left-2")
    };
    let events = [
        twice(),
        twice(),
        event("a.Linked", "right-1").linked_to("left-1"),
        event("a.Home", "left-1"),
    ];
    let appended = log.append(Arc::new(append(events))).await.expect("appended");
    let filter = FeedFilter {
        categories: Some(vec![category("left")]),
        ..FeedFilter::ALL
    };
    for at_most in 1..=4 {
        assert_eq!(
            all(&*log, &filter, at_most).await,
            appended.events,
            "{at_most} at most"
        );
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_rare_type_is_found_through_its_index() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let common = (0..5_000).map(|_| event("a.Common", "a-1"));
    log.append(Arc::new(append(common))).await.expect("appended");
    let rare = log
        .append(Arc::new(append([event("a.Rare", "b-1")])))
        .await
        .expect("appended");
    let filter = FeedFilter {
        types: only(&["a.Rare"]),
        ..FeedFilter::ALL
    };
    let mut read = ReadFeed::after(None);
    read.filter = filter;
    let page = log.read_feed(&read).await.expect("a page");
    assert_eq!(page.events, rare.events);
    assert!(page.is_last(), "one page gets past all that is not wanted");
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_tenant_that_comes_into_being_is_not_passed_over() {
    let schema = TestSchema::new();
    let store = schema.open().await;
    let newcomer = TenantId::new("newcomer").expect("a tenant id");
    let others = store.tenant(&TenantId::DEFAULT).log;
    others
        .append(Arc::new(append([event("a.Other", "a-1")])))
        .await
        .expect("appended");
    let log = store.tenant(&newcomer).log;
    let before = log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page of nothing");
    assert!(before.events.is_empty() && before.is_last());
    let appended = schema
        .open()
        .await
        .tenant(&newcomer)
        .log
        .append(Arc::new(append([event("a.First", "a-1")])))
        .await;
    let after = log
        .read_feed(&ReadFeed::after(Some(before.scanned_to)))
        .await
        .expect("a page");
    assert_eq!(after.events, appended.expect("appended").events);
    Setup::remove(&schema).await;
}

async fn all(
    log: &dyn EventLog,
    filter: &FeedFilter,
    at_most: usize,
) -> Vec<Arc<eventsourcing_core::RecordedEvent>> {
    let mut read = ReadFeed::after(None);
    read.filter = filter.clone();
    read.max_events = NonZeroUsize::new(at_most).expect("not zero");
    let mut events = Vec::new();
    loop {
        let page = log.read_feed(&read).await.expect("a page");
        let is_last = page.is_last();
        read.after = Some(page.scanned_to);
        events.extend(page.events);
        if is_last {
            return events;
        }
    }
}
