mod reading_ahead;

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::pin::Pin;

use async_trait::async_trait;
use tokio::sync::{broadcast, watch};

use super::*;
use crate::environment::{Spawn, TokioSpawn};
use crate::execute::Executor;
use crate::memory::MemoryStore;
use crate::prelude::*;
use crate::store::ReadFeed;
use crate::{Category, EventTypeName, Position, TypeFilter};

#[derive(Event)]
#[event(prefix = "bell")]
enum BellEvent {
    Rung {
        #[stream]
        bell: StreamId,
    },
    Cleaned {
        #[stream]
        bell: StreamId,
    },
}

#[derive(Command)]
#[command(emits(BellEvent))]
struct Ring {
    #[stream(append)]
    bell: StreamId,
}

impl CommandLogic for Ring {
    type Error = Infallible;

    fn handle(&self, _: &RingState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let bell = self.bell.clone();
        emit!(cx, BellEvent::Rung { bell });
        Ok(())
    }
}

/// Tells when tasks have ended.
#[derive(Clone, Debug)]
struct WatchedSpawn {
    running: watch::Sender<usize>,
}

impl WatchedSpawn {
    fn new() -> Self {
        Self {
            running: watch::Sender::new(0),
        }
    }

    async fn running(&self, tasks: usize) {
        let mut running = self.running.subscribe();
        running
            .wait_for(|running| *running == tasks)
            .await
            .expect("the sender is here");
    }
}

impl Spawn for WatchedSpawn {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        let running = self.running.clone();
        running.send_modify(|running| *running += 1);
        TokioSpawn.spawn(Box::pin(async move {
            task.await;
            running.send_modify(|running| *running -= 1);
        }));
    }
}

struct Tower {
    executor: Executor,
    bus: Bus,
    environment: Environment,
    spawn: WatchedSpawn,
}

impl Tower {
    fn new() -> Self {
        let store = MemoryStore::new();
        let spawn = WatchedSpawn::new();
        let environment = Environment {
            spawn: Arc::new(spawn.clone()),
            ..Environment::default()
        };
        Self {
            bus: Bus::new(store.clone(), &environment),
            executor: Executor::new(store),
            environment,
            spawn,
        }
    }

    async fn ring(&self, bell: &str) {
        let bell = StreamId::new(bell).expect("a stream id");
        self.executor.execute(Ring { bell }).await.expect("it rings");
    }

    fn hear_everything(&self) -> BusSubscription {
        self.bus.subscribe(&TenantId::DEFAULT, None, FeedFilter::ALL)
    }

    async fn hear_what_comes(&self) -> BusSubscription {
        let end = self.bus.end(&TenantId::DEFAULT).await.expect("the end");
        self.bus.subscribe(&TenantId::DEFAULT, Some(end), FeedFilter::ALL)
    }
}

/// The positions of the next events.
async fn next(subscription: &mut BusSubscription, events: usize) -> Vec<u64> {
    let mut positions = Vec::new();
    while positions.len() < events {
        let page = subscription.next().await.expect("a page");
        positions.extend(page.events.iter().map(|event| event.position.get()));
    }
    positions
}

#[tokio::test]
async fn who_subscribes_now_hears_what_comes() {
    let tower = Tower::new();
    tower.ring("bell-1").await;
    let mut now = tower.hear_what_comes().await;
    tower.ring("bell-1").await;
    tower.ring("bell-2").await;
    assert_eq!(next(&mut now, 2).await, [2, 3]);
}

#[tokio::test]
async fn who_starts_earlier_reads_the_log_and_then_hears_what_comes() {
    let tower = Tower::new();
    for _ in 0..3 {
        tower.ring("bell-1").await;
    }
    let mut early = tower.hear_everything();
    assert_eq!(next(&mut early, 3).await, [1, 2, 3]);
    tower.ring("bell-1").await;
    assert_eq!(next(&mut early, 1).await, [4]);
}

#[tokio::test]
async fn who_lags_behind_loses_nothing() {
    let tower = Tower::new();
    let mut slow = tower.hear_everything();
    let mut quick = tower.hear_everything();
    let rings = u64::try_from(Bus::PAGES).unwrap() * 3;
    for ring in 1..=rings {
        tower.ring("bell-1").await;
        // So each ring is a page of its own.
        assert_eq!(next(&mut quick, 1).await, [ring]);
    }
    let all: Vec<u64> = (1..=rings).collect();
    assert_eq!(next(&mut slow, all.len()).await, all);
    tower.ring("bell-1").await;
    assert_eq!(next(&mut slow, 1).await, [rings + 1]);
}

#[tokio::test]
async fn a_filter_lets_through_types_streams_and_categories() {
    let tower = Tower::new();
    let stream = |id| StreamId::new(id).unwrap();
    let filters = [
        FeedFilter {
            streams: Some(vec![stream("bell-2")]),
            ..FeedFilter::ALL
        },
        FeedFilter {
            categories: Some(vec![Category::from_static("gong")]),
            ..FeedFilter::ALL
        },
        FeedFilter {
            types: TypeFilter::Only([EventTypeName::from_static("bell.Rung")].into_iter().collect()),
            ..FeedFilter::ALL
        },
    ];
    let end = tower.bus.end(&TenantId::DEFAULT).await.unwrap();
    let mut subscriptions = filters.map(|filter| tower.bus.subscribe(&TenantId::DEFAULT, Some(end), filter));
    for bell in ["bell-1", "bell-2", "gong-1"] {
        tower.ring(bell).await;
    }
    let [of_stream, of_category, of_type] = &mut subscriptions;
    assert_eq!(next(of_stream, 1).await, [2]);
    assert_eq!(next(of_category, 1).await, [3]);
    assert_eq!(next(of_type, 3).await, [1, 2, 3]);
}

#[tokio::test]
async fn one_task_reads_for_all_and_ends_with_the_last_of_them() {
    let tower = Tower::new();
    let mut first = tower.hear_everything();
    let second = tower.hear_everything();
    tower.ring("bell-1").await;
    assert_eq!(next(&mut first, 1).await, [1]);
    tower.spawn.running(1).await;

    drop((first, second));
    tower.spawn.running(0).await;

    tower.ring("bell-1").await;
    let mut third = tower.hear_everything();
    assert_eq!(next(&mut third, 2).await, [1, 2]);
    tower.ring("bell-1").await;
    assert_eq!(next(&mut third, 1).await, [3]);
    tower.spawn.running(1).await;
}

/// A transport that tells what it is told to.
#[derive(Clone, Debug)]
struct Told(broadcast::Sender<Option<Arc<Page>>>);

impl Transport for Told {
    fn listen(&self, _: &Arc<dyn EventStore>, _: &TenantId) -> Box<dyn Listener> {
        Box::new(Hears(self.0.subscribe()))
    }
}

#[derive(Debug)]
struct Hears(broadcast::Receiver<Option<Arc<Page>>>);

#[async_trait]
impl Listener for Hears {
    async fn next(&mut self) -> Option<Arc<Page>> {
        self.0.recv().await.expect("it is told more")
    }
}

/// A tower whose bus hears what it is told.
fn told() -> (Told, Tower) {
    let told = Told(broadcast::channel(16).0);
    let mut tower = Tower::new();
    let store = Arc::clone(tower.executor.store());
    tower.bus = Bus::over(Arc::new(told.clone()), store, &tower.environment);
    (told, tower)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_on_a_transport_that_tells_nothing() {
    let (_, tower) = told();
    let mut everything = tower.hear_everything();
    for ring in 1..=3 {
        tower.ring("bell-1").await;
        assert_eq!(next(&mut everything, 1).await, [ring]);
    }
}

#[tokio::test]
async fn who_is_told_that_there_is_something_looks_at_the_log() {
    let (told, tower) = told();
    let mut everything = tower.hear_everything();
    tower.ring("bell-1").await;
    assert_eq!(next(&mut everything, 1).await, [1]);
    tower.ring("bell-1").await;
    told.0.send(None).unwrap();
    assert_eq!(next(&mut everything, 1).await, [2]);
}

#[tokio::test]
async fn pages_may_come_twice_late_or_not_at_all() {
    let (told, tower) = told();
    let mut pages = Vec::new();
    for _ in 0..4 {
        tower.ring("bell-1").await;
    }
    let store = tower.executor.store().tenant(&TenantId::DEFAULT);
    for after in 0..4 {
        let from = Checkpoint {
            store: tower.executor.store().identity(),
            position: Position::new(after),
        };
        let read = ReadFeed {
            max_events: NonZeroUsize::MIN,
            ..ReadFeed::after(Some(from))
        };
        let page = store.log.read_feed(&read).await.unwrap();
        pages.push(Arc::new(Page::read(Position::new(after), page)));
    }
    let mut everything = tower.hear_everything();
    for page in [0, 0, 2, 1, 3, 3] {
        told.0.send(Some(Arc::clone(&pages[page]))).unwrap();
    }
    assert_eq!(next(&mut everything, 4).await, [1, 2, 3, 4]);
    tower.ring("bell-1").await;
    told.0.send(None).unwrap();
    assert_eq!(next(&mut everything, 1).await, [5]);
}
