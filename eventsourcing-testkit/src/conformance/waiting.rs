//! Whoever waits for the log to move on is woken when it does.

use eventsourcing_core::Position;
use tokio::task::{JoinSet, yield_now};

use super::Subject;
use super::poll::poll_then_drop;
use crate::fixture::{append, event};

pub(super) async fn waiting_ends_at_once_if_the_log_is_further_on(store: Subject) {
    let log = store.log();
    let appended = log
        .write(append([event("a.One", "a-1"), event("a.Two", "a-1")]))
        .await;
    assert_eq!(log.wait_beyond(Position::START).await, appended.position);
    assert_eq!(
        log.wait_beyond(appended.events[0].position).await,
        appended.position
    );
}

pub(super) async fn waiting_ends_when_something_is_appended(store: Subject) {
    let log = store.log();
    let mut end = log.end().await.position;
    for _ in 0..20 {
        let mut waiter = JoinSet::new();
        let waiting = log.clone();
        waiter.spawn(async move { waiting.wait_beyond(end).await });
        yield_now().await;
        let appended = log.write(append([event("a.Happened", "a-1")])).await;
        assert_eq!(waiter.join_all().await, [appended.position]);
        end = appended.position;
    }
}

pub(super) async fn everybody_who_waits_is_woken(store: Subject) {
    let log = store.log();
    let end = log.end().await.position;
    let mut waiters = JoinSet::new();
    for _ in 0..20 {
        let log = log.clone();
        waiters.spawn(async move { log.wait_beyond(end).await });
    }
    yield_now().await;
    let appended = log.write(append([event("a.Happened", "a-1")])).await;
    assert_eq!(waiters.join_all().await, [appended.position; 20]);
}

pub(super) async fn events_of_any_tenant_end_the_waiting(store: Subject) {
    let log = store.log();
    let end = log.end().await.position;
    let mut waiter = JoinSet::new();
    waiter.spawn(async move { log.wait_beyond(end).await });
    let appended = store
        .tenant("somebody-else")
        .write(append([event("a.Happened", "a-1")]))
        .await;
    assert_eq!(waiter.join_all().await, [appended.position]);
}

pub(super) async fn whoever_stops_waiting_is_missed_by_nobody(store: Subject) {
    let log = store.log();
    let end = log.end().await.position;
    for _ in 0..5 {
        poll_then_drop(log.raw().wait_beyond(end), 1).await;
    }
    let appended = log.write(append([event("a.Happened", "a-1")])).await;
    assert_eq!(log.wait_beyond(end).await, appended.position);
}
