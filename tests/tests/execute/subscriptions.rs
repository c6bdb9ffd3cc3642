use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::task::Poll;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{
    Checkpoint, ErrorClass, EventStore as _, FeedError, FeedFilter, FeedPage, TenantStore,
};
use eventsourcing::subscription::Subscription;
use eventsourcing::{Category, Position, TenantId};

use super::bank::{AccountEvent, SetLimit, deposit, rules, transfer};

fn tenant(executor: &Executor) -> TenantStore {
    executor.store().tenant(&TenantId::DEFAULT)
}

fn positions(page: &FeedPage) -> Vec<u64> {
    page.events.iter().map(|event| event.position.get()).collect()
}

async fn is_waiting(future: impl Future) -> bool {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}

#[tokio::test]
async fn a_subscription_reads_what_there_is_and_waits_for_what_comes() {
    let executor = Executor::new(MemoryStore::new());
    let mut subscription = Subscription::new(&tenant(&executor), None, FeedFilter::ALL);
    assert!(is_waiting(subscription.next()).await);

    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(transfer("alice", "bob", 30)).await.unwrap();
    assert_eq!(positions(&subscription.next().await.unwrap()), [1, 2]);
    assert!(is_waiting(subscription.next()).await);

    let (page, done) = tokio::join!(
        subscription.next(),
        executor.execute(deposit("alice", 1)).into_future()
    );
    assert_eq!(positions(&page.unwrap()), [done.unwrap().position().get()]);
}

#[tokio::test]
async fn a_subscription_goes_on_from_a_checkpoint() {
    let executor = Executor::new(MemoryStore::new());
    for amount in 1..=5 {
        executor.execute(deposit("alice", amount)).await.unwrap();
    }
    let two = NonZeroUsize::new(2).unwrap();
    let mut first = Subscription::new(&tenant(&executor), None, FeedFilter::ALL).with_max_events(two);
    let page = first.next().await.unwrap();
    assert_eq!(positions(&page), [1, 2]);
    assert_eq!(first.checkpoint(), Some(page.scanned_to));

    let mut second = Subscription::new(&tenant(&executor), first.checkpoint(), FeedFilter::ALL);
    assert_eq!(positions(&second.next().await.unwrap()), [3, 4, 5]);
}

#[tokio::test]
async fn a_filter_hides_events_and_the_checkpoint_moves_over_them() {
    let executor = Executor::new(MemoryStore::new());
    let filter = FeedFilter {
        categories: Some(vec![Category::from_static("rules")]),
        ..FeedFilter::ALL
    };
    let mut subscription = Subscription::new(&tenant(&executor), None, filter);

    executor.execute(deposit("alice", 100)).await.unwrap();
    let page = subscription.next().await.unwrap();
    assert!(page.events.is_empty());
    assert_eq!(page.scanned_to.position, Position::new(1));

    executor
        .execute(SetLimit {
            rules: rules("eu"),
            limit: 1,
        })
        .await
        .unwrap();
    executor.execute(deposit("alice", 100)).await.unwrap();
    let page = subscription.next().await.unwrap();
    assert_eq!(positions(&page), [2]);
    assert_eq!(page.scanned_to.position, Position::new(3));
}

#[tokio::test]
async fn events_come_typed_and_once_however_many_streams_they_are_in() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(transfer("alice", "bob", 30)).await.unwrap();
    let mut subscription = Subscription::new(&tenant(&executor), None, FeedFilter::ALL);
    let events = subscription.next().await.unwrap().events;
    let transfers = events
        .into_iter()
        .map(|event| Recorded::<AccountEvent>::decode(event).unwrap())
        .filter(|event| matches!(event.payload(), AccountEvent::Transferred { .. }));
    assert_eq!(transfers.count(), 1);
}

#[tokio::test]
async fn whoever_stops_waiting_loses_nothing() {
    let executor = Executor::new(MemoryStore::new());
    let mut subscription = Subscription::new(&tenant(&executor), None, FeedFilter::ALL);
    for position in 1..=3 {
        assert!(is_waiting(subscription.next()).await);
        executor.execute(deposit("alice", 1)).await.unwrap();
        assert_eq!(positions(&subscription.next().await.unwrap()), [position]);
    }
}

#[tokio::test]
async fn a_checkpoint_of_another_store_is_refused() {
    let [ours, theirs] = [
        Executor::new(MemoryStore::new()),
        Executor::new(MemoryStore::new()),
    ];
    theirs.execute(deposit("alice", 100)).await.unwrap();
    let foreign = Checkpoint {
        store: theirs.store().identity(),
        position: Position::new(1),
    };
    let mut subscription = Subscription::new(&tenant(&ours), Some(foreign), FeedFilter::ALL);
    let error = subscription.next().await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(matches!(error, FeedError::Checkpoint(_)));
}
