//! Whoever writes and reads at the same time: nothing is lost, doubled, torn or out of order.

use std::num::NonZeroUsize;
use std::sync::Arc;

use eventsourcing_core::store::{AppendError, Checkpoint, EventStore, FeedFilter, ReadFeed};
use eventsourcing_core::{EventId, Position};
use tokio::task::{JoinSet, yield_now};

use super::{Log, Reader, Subject};
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

pub(super) async fn of_appends_at_the_same_time_one_moves_the_reader(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let mut place = None;
    for round in 1..=10 {
        let to = reader.log.end().await;
        let mut rivals = JoinSet::new();
        for rival in 0..8 {
            let log = reader.log.clone();
            // What is written elsewhere does not keep the rivals apart.
            let own = append([event("a.Caused", &format!("own-{rival}"))]);
            rivals.spawn(async move { log.insist(own.moving("reader", place, to)).await });
        }
        let outcomes = rivals.join_all().await;
        let (done, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1, "in round {round}");
        for error in failed.into_iter().filter_map(Result::err) {
            assert!(
                matches!(&error, AppendError::Overtaken(told) if told.saved == Some(to)),
                "{error:?}"
            );
        }
        assert_eq!(
            reader.log.end().await.position,
            Position::new(to.position.get() + 1)
        );
        place = Some(to);
    }
}

pub(super) async fn readers_that_race_take_each_step_once(store: Subject) {
    const STEPS: u64 = 200;
    let log = store.log();
    log.write(append((0..STEPS).map(|_| event("a.Happened", "a-1"))))
        .await;
    let steps: Arc<[Checkpoint]> = log
        .feed()
        .await
        .iter()
        .map(|event| Checkpoint {
            store: store.store.identity(),
            position: event.position,
        })
        .collect();
    let mut instances = JoinSet::new();
    for _ in 0..16 {
        instances.spawn(take_steps(log.clone(), Arc::clone(&steps)));
    }
    let taken: usize = instances.join_all().await.into_iter().sum();
    let caused = log.slice(whole("caused-1")).await.events;
    let payloads: Vec<_> = caused.iter().map(|event| event.payload.clone()).collect();
    let expected: Vec<_> = (0..STEPS).map(|step| step.to_string()).collect();
    assert_eq!(payloads, expected, "each step has its event once, in order");
    assert_eq!(taken as u64, STEPS);
}

/// Takes steps until all are taken by somebody, and counts its own.
async fn take_steps(log: Log, steps: Arc<[Checkpoint]>) -> usize {
    let mut taken = 0;
    let mut place = load(&log).await;
    loop {
        let next = steps
            .iter()
            .position(|step| Some(*step) == place)
            .map_or(0, |at| at + 1);
        let Some(to) = steps.get(next) else { return taken };
        let caused = event("a.Caused", "caused-1").with_payload(next.to_string());
        place = match log.insist(append([caused]).moving("reader", place, *to)).await {
            Ok(_) => {
                taken += 1;
                Some(*to)
            }
            Err(AppendError::Overtaken(overtaken)) => overtaken.saved,
            Err(other) => panic!("somebody else should be faster at most, not {other:?}"),
        };
    }
}

async fn load(log: &Log) -> Option<Checkpoint> {
    let loaded = log.tenant.checkpoints.load("reader").await;
    loaded.expect("the checkpoint should be readable")
}
