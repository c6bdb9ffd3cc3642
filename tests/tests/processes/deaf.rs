//! A bus that forgets to tell, or tells at the wrong time: nothing is lost.

use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing::TenantId;
use eventsourcing::bus::{Bus, Listener, LogFollower, Page, Transport};
use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::store::{EventStore, FeedFilter};

use super::books::Books;
use super::shop::Shop;
use super::world::{close, deposit, environment, nothing_is_parked, open, order, place, remark};

/// It tells of every second page of those that another one tells of.
#[derive(Debug)]
struct Forgetful(LogFollower);

impl Transport for Forgetful {
    fn listen(&self, store: &Arc<dyn EventStore>, tenant: &TenantId) -> Box<dyn Listener> {
        Box::new(HalfHeard(self.0.listen(store, tenant)))
    }
}

#[derive(Debug)]
struct HalfHeard(Box<dyn Listener>);

#[async_trait]
impl Listener for HalfHeard {
    async fn next(&mut self) -> Option<Arc<Page>> {
        self.0.next().await;
        self.0.next().await
    }
}

/// It tells nothing.
#[derive(Debug)]
struct Deaf;

impl Transport for Deaf {
    fn listen(&self, _: &Arc<dyn EventStore>, _: &TenantId) -> Box<dyn Listener> {
        Box::new(Self)
    }
}

#[async_trait]
impl Listener for Deaf {
    async fn next(&mut self) -> Option<Arc<Page>> {
        pending().await
    }
}

async fn led_to_their_end(transport: impl Transport) {
    let store = MemoryStore::new();
    let builder = Shop::builder(store.clone())
        .environment(environment())
        .bus(transport);
    let shop = builder.start().await.unwrap();
    deposit(&shop, "ann", 5).await;
    for number in 0..5 {
        place(&shop, &order(number), "ann", 1).await;
        remark(&shop, &order(number), "hello").await;
    }
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop));
    close(shop).await;
    let books = Books::of(&store).await;
    for number in 0..5 {
        assert_eq!(books.end_of(&order(number)), ["confirmed"], "{number}");
        assert_eq!(books.slip(number), ["hello"], "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn orders_are_led_to_their_end_on_a_bus_that_tells_nothing() {
    led_to_their_end(Deaf).await;
}

#[tokio::test(start_paused = true)]
async fn orders_are_led_to_their_end_on_a_bus_that_forgets_every_second_page() {
    let follower = LogFollower::new(&Environment::default());
    led_to_their_end(Forgetful(follower)).await;
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_of_a_bus_that_forgets_hears_everything_in_order() {
    let store = MemoryStore::new();
    let environment = Environment::default();
    let follower = LogFollower::new(&environment);
    let bus = Bus::over(Arc::new(Forgetful(follower)), store.clone(), &environment);
    let mut events = bus.subscribe(&TenantId::DEFAULT, None, FeedFilter::ALL);
    let shop = open(&store).await;
    let mut heard = Vec::new();
    for number in 0..5 {
        place(&shop, &order(number), "ann", 1).await;
        shop.settled().await.unwrap();
        let end = shop.bus().end(&TenantId::DEFAULT).await.unwrap().position;
        while heard.last().is_none_or(|last| *last < end.get()) {
            let page = events.next().await.unwrap();
            heard.extend(page.events.iter().map(|event| event.position.get()));
        }
    }
    assert_eq!(heard, (1..=heard.last().copied().unwrap()).collect::<Vec<_>>());
    close(shop).await;
}
