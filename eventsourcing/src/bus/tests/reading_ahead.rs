use std::future::{pending, ready};
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;

use super::{Tower, told};
use crate::TenantId;
use crate::bus::ahead::{Half, Source};
use crate::bus::{Page, ReadAhead};
use crate::environment::{Environment, Spawn, TokioSpawn};
use crate::store::{FeedError, FeedFilter, FeedPage, ReadFeed, StoreEpoch, TenantStore};
use crate::subscription::Subscription;
use crate::uuid::Uuid;

const PLENTY: usize = 1024 * 1024;

const fn events(events: usize) -> NonZeroUsize {
    NonZeroUsize::new(events).unwrap()
}

impl Tower {
    fn tenant(&self) -> TenantStore {
        self.executor.store().tenant(&TenantId::DEFAULT)
    }

    async fn ring_often(&self, rings: u64) {
        for _ in 0..rings {
            self.ring("bell-1").await;
        }
    }

    /// Everything, read ahead from the log and by the bus.
    fn read_ahead(&self, most: usize, bytes: usize) -> [ReadAhead; 2] {
        let subscription = Subscription::new(&self.tenant(), None, FeedFilter::ALL);
        [
            subscription.read_ahead(events(most), bytes, &self.environment),
            self.hear_everything().read_ahead(events(most), bytes),
        ]
    }
}

/// Waits until as much has been read as may be.
async fn settled(ahead: &ReadAhead) -> (usize, usize) {
    let mut held = ahead.held();
    let mut since = 0;
    while since < 100 {
        tokio::task::yield_now().await;
        let now = ahead.held();
        since = if now == held { since + 1 } else { 0 };
        held = now;
    }
    held
}

/// The positions of the next page.
async fn next(ahead: &mut ReadAhead) -> Vec<u64> {
    let page = ahead.next().await.unwrap();
    page.events.iter().map(|event| event.position.get()).collect()
}

/// The positions of the pages up to this one.
async fn up_to(ahead: &mut ReadAhead, last: u64) -> Vec<u64> {
    let mut positions = Vec::new();
    while positions.last() != Some(&last) {
        positions.extend(next(ahead).await);
    }
    positions
}

#[tokio::test]
async fn no_more_events_wait_than_may_and_they_come_in_order() {
    let tower = Tower::new();
    tower.ring_often(100).await;
    for most in [1, 2, 3, 10, 11] {
        for mut ahead in tower.read_ahead(most, PLENTY) {
            let mut positions = Vec::new();
            while positions.len() < 100 {
                let (waiting, _) = settled(&ahead).await;
                assert!(waiting > 0, "nothing was read ahead");
                assert!(waiting <= most, "{waiting} wait, {most} may");
                positions.extend(next(&mut ahead).await);
            }
            assert_eq!(positions, (1..=100).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn no_more_bytes_wait_than_may() {
    let tower = Tower::new();
    tower.ring_often(100).await;
    let [mut whole, _] = tower.read_ahead(1_000, PLENTY);
    let all = whole.next().await.unwrap().events;
    let most = all
        .iter()
        .map(|event| event.payload.len() + event.metadata.len())
        .sum::<usize>()
        / 9;
    for mut ahead in tower.read_ahead(1_000, most) {
        let mut positions = Vec::new();
        while positions.len() < 100 {
            let (_, waiting) = settled(&ahead).await;
            assert!(waiting <= most, "{waiting} bytes wait, {most} may");
            positions.extend(next(&mut ahead).await);
        }
        assert_eq!(positions, (1..=100).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn of_a_page_that_is_told_no_more_waits_than_may() {
    let (told, tower) = told();
    let mut ahead = tower.hear_everything().read_ahead(events(10), PLENTY);
    tower.ring("bell-1").await;
    assert_eq!(next(&mut ahead).await, [1]);
    tower.ring_often(99).await;
    let beginning = ReadFeed::after(ahead.checkpoint());
    let after = beginning.after.unwrap().position;
    let page = tower.tenant().log.read_feed(&beginning).await.unwrap();
    told.0.send(Some(Arc::new(Page::read(after, page)))).unwrap();
    let mut positions = Vec::new();
    while positions.len() < 99 {
        let (waiting, _) = settled(&ahead).await;
        assert!(waiting <= 10, "{waiting} wait");
        positions.extend(next(&mut ahead).await);
    }
    assert_eq!(positions, (2..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_comes_is_not_waited_for() {
    let tower = Tower::new();
    for mut ahead in tower.read_ahead(1_000, PLENTY) {
        let last = tower.bus.end(&TenantId::DEFAULT).await.unwrap().position.get();
        for ring in last + 1..last + 10 {
            tower.ring("bell-1").await;
            assert_eq!(up_to(&mut ahead, ring).await.last(), Some(&ring));
        }
    }
}

/// A log that has more than it gives.
struct Stuck(Option<FeedPage>);

impl Source for Stuck {
    async fn next(&mut self) -> Result<FeedPage, FeedError> {
        match self.0.take() {
            Some(page) => Ok(page),
            None => pending().await,
        }
    }

    fn more_follows(&self, page: &FeedPage) -> bool {
        !page.is_last()
    }
}

#[tokio::test]
async fn what_was_read_does_not_wait_for_more() {
    let tower = Tower::new();
    tower.ring_often(2).await;
    let first = ReadFeed {
        max_events: NonZeroUsize::MIN,
        ..ReadFeed::after(None)
    };
    let page = tower.tenant().log.read_feed(&first).await.unwrap();
    let half = Half::of(events(10), PLENTY);
    let mut ahead = ReadAhead::start(Stuck(Some(page)), None, &half, &TokioSpawn);
    assert_eq!(next(&mut ahead).await, [1]);
}

#[tokio::test]
async fn it_goes_on_from_where_it_was_asked_for_and_not_from_what_was_read() {
    let tower = Tower::new();
    tower.ring_often(20).await;
    for mut ahead in tower.read_ahead(6, PLENTY) {
        assert_eq!(ahead.checkpoint(), None);
        assert_eq!(next(&mut ahead).await, [1, 2, 3]);
        settled(&ahead).await;
        let place = ahead.checkpoint();
        drop(ahead);
        let again = tower.bus.subscribe(&TenantId::DEFAULT, place, FeedFilter::ALL);
        let mut again = again.read_ahead(events(6), PLENTY);
        assert_eq!(again.checkpoint(), place);
        assert_eq!(up_to(&mut again, 20).await, (4..=20).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn its_task_ends_with_it() {
    let tower = Tower::new();
    let [from_log, by_bus] = tower.read_ahead(10, PLENTY);
    settled(&by_bus).await;
    // One reads the log for the bus.
    tower.spawn.running(3).await;
    drop(from_log);
    tower.spawn.running(2).await;
    drop(by_bus);
    tower.spawn.running(0).await;
}

#[tokio::test]
async fn a_checkpoint_of_another_epoch_is_refused_whenever_it_is_asked() {
    let tower = Tower::new();
    tower.ring("bell-1").await;
    let mut foreign = tower.bus.end(&TenantId::DEFAULT).await.unwrap();
    foreign.store.epoch = StoreEpoch::new(Uuid::from_u128(1));
    let subscription = tower
        .bus
        .subscribe(&TenantId::DEFAULT, Some(foreign), FeedFilter::ALL);
    let mut ahead = subscription.read_ahead(events(10), PLENTY);
    for _ in 0..3 {
        assert!(!ahead.next().await.unwrap_err().class().may_pass());
    }
}

/// The positions of the next page, for somebody who never waits.
async fn next_without_patience(ahead: &mut ReadAhead) -> Vec<u64> {
    loop {
        tokio::select! {
            biased;
            positions = next(ahead) => return positions,
            () = ready(()) => {}
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_stops_waiting_loses_nothing() {
    let tower = Tower::new();
    tower.ring_often(20).await;
    for mut ahead in tower.read_ahead(6, PLENTY) {
        let mut positions = Vec::new();
        while positions.last() != Some(&20) {
            positions.extend(next_without_patience(&mut ahead).await);
        }
        assert_eq!(positions, (1..=20).collect::<Vec<_>>());
    }
}

/// A runtime that is gone.
#[derive(Debug)]
struct NoRuntime;

impl Spawn for NoRuntime {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        drop(task);
    }
}

#[tokio::test]
async fn who_has_lost_the_task_is_told_so() {
    let tower = Tower::new();
    let gone = Environment {
        spawn: Arc::new(NoRuntime),
        ..Environment::default()
    };
    let subscription = Subscription::new(&tower.tenant(), None, FeedFilter::ALL);
    let mut ahead = subscription.read_ahead(events(10), PLENTY, &gone);
    for _ in 0..2 {
        let error = ahead.next().await.unwrap_err();
        assert_eq!(error.to_string(), "the task that reads the log has died");
    }
}
