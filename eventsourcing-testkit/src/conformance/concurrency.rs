//! Whoever writes and reads at the same time: nothing is lost, doubled, torn or out of order.

use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::store::{AppendError, FeedFilter, ReadFeed};
use eventsourcing_core::{EventId, Position};
use tokio::task::{JoinSet, yield_now};

use super::{Log, Subject};
use crate::fixture::{AppendExt, NewEventExt, append, event, whole};

const WRITERS: u64 = 8;

pub(super) async fn no_update_is_lost(store: Subject) {
    const UPDATES: u64 = 20;
    let log = store.log();
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let log = log.clone();
        writers.spawn(async move {
            for _ in 0..UPDATES {
                count_up(&log).await;
            }
        });
    }
    writers.join_all().await;
    assert_eq!(log.head("counter-1").await, WRITERS * UPDATES);
    let counted = log.slice(whole("counter-1")).await.events;
    let said = counted
        .iter()
        .map(|event| String::from_utf8_lossy(&event.payload).into_owned());
    assert!(
        said.eq((1..=WRITERS * UPDATES).map(|count| count.to_string())),
        "each update builds on the one before"
    );
}

/// Reads the counter and appends the next number, until nobody has come in between.
async fn count_up(log: &Log) {
    loop {
        let head = log.head("counter-1").await;
        let next = event("counter.Counted", "counter-1").with_payload((head + 1).to_string());
        match log.insist(append([next]).if_at("counter-1", head)).await {
            Ok(_) => return,
            Err(AppendError::Conflict(_)) => {}
            Err(other) => panic!("there should be a conflict at most, not {other:?}"),
        }
    }
}

pub(super) async fn two_decisions_on_what_the_other_writes_do_not_both_stand(store: Subject) {
    let log = store.log();
    for round in 0..50 {
        let (left, right) = (format!("a-left{round}"), format!("a-right{round}"));
        let mut doctors = JoinSet::new();
        for own in [left.clone(), right.clone()] {
            let leave = append([event("a.Left", &own)]).if_absent(&left).if_absent(&right);
            let log = log.clone();
            doctors.spawn(async move { log.insist(leave).await.is_ok() });
        }
        let left_together = doctors.join_all().await.into_iter().filter(|left| *left).count();
        assert_eq!(left_together, 1, "one of the two stays");
        assert_eq!(log.head(&left).await + log.head(&right).await, 1);
    }
}

pub(super) async fn appends_that_cross_do_not_block_each_other(store: Subject) {
    let log = store.log();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let log = log.clone();
        let (from, to) = if writer % 2 == 0 {
            ("a-1", "a-2")
        } else {
            ("a-2", "a-1")
        };
        writers.spawn(async move {
            for _ in 0..20 {
                let both = append([event("a.Sent", from), event("a.Received", to)]);
                log.insist(both).await.expect("there are no conditions");
            }
        });
    }
    writers.join_all().await;
    assert_eq!(
        (log.head("a-1").await, log.head("a-2").await),
        (WRITERS * 20, WRITERS * 20)
    );
}

pub(super) async fn a_follower_sees_every_event_once_and_in_order(store: Subject) {
    const APPENDS: u64 = 25;
    const EVENTS: u64 = WRITERS * APPENDS * 2;
    let log = store.log();
    let mut follower = JoinSet::new();
    follower.spawn(follow(log.clone(), EVENTS));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let log = log.clone();
        writers.spawn(async move {
            let own = format!("a-{writer}");
            for _ in 0..APPENDS {
                let events = [
                    event("a.Happened", &own).linked_to("b-1"),
                    event("b.Happened", "b-1"),
                ];
                log.insist(append(events)).await.expect("there are no conditions");
            }
        });
    }
    writers.join_all().await;
    let seen = follower.join_all().await.remove(0);
    let all: Vec<_> = log
        .feed()
        .await
        .iter()
        .map(|event| (event.position, event.id))
        .collect();
    assert_eq!(seen, all);
}

/// Reads in small pages and waits in between, until so many events have come.
async fn follow(log: Log, events: u64) -> Vec<(Position, EventId)> {
    let mut seen = Vec::new();
    let mut read = ReadFeed::after(None);
    read.max_events = NonZeroUsize::new(7).expect("not zero");
    while (seen.len() as u64) < events {
        let page = log.page(read.clone()).await;
        let is_last = page.is_last();
        seen.extend(page.events.iter().map(|event| (event.position, event.id)));
        read.after = Some(page.scanned_to);
        if is_last && (seen.len() as u64) < events {
            log.wait_beyond(page.scanned_to.position).await;
        }
    }
    seen
}

pub(super) async fn what_one_reader_has_seen_another_does_not_miss(store: Subject) {
    let log = store.log();
    let mut writers = JoinSet::new();
    for writer in 0..4 {
        let log = log.clone();
        writers.spawn(async move {
            for _ in 0..25 {
                let one = append([event("a.Happened", &format!("a-{writer}"))]);
                log.insist(one).await.expect("there are no conditions");
            }
        });
    }
    let mut seen: Vec<Arc<_>> = Vec::new();
    while seen.len() < 100 {
        let now = log.feed_after(None, &FeedFilter::ALL).await;
        assert!(now.starts_with(&seen), "what was read once stays where it was");
        seen = now;
        yield_now().await;
    }
    writers.join_all().await;
}
