//! Who is stopped in the middle goes on from there.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};

use super::books::Books;
use super::world::{
    close, deposit, nothing_is_parked, open, open_anyhow, order, place, remark, settled_anyhow,
};

const DAYS: u32 = 8;
const ORDERS_A_DAY: u32 = 8;

/// What is ordered on a day. Nobody waits for what follows from it.
async fn a_day(shop: &Runtime, day: u32) {
    deposit(shop, "ann", 10).await;
    for number in 0..ORDERS_A_DAY {
        let order = order(day * ORDERS_A_DAY + number);
        place(shop, &order, "ann", 1).await;
        remark(shop, &order, "hello").await;
    }
}

fn assert_that_everything_was_done_once(books: &Books) {
    for number in 0..DAYS * ORDERS_A_DAY {
        assert_eq!(books.slip(format!("greeting-{number}")), ["welcome"], "{number}");
        assert_eq!(books.slip(number), ["hello"], "{number}");
        assert_eq!(books.end_of(&order(number)), ["confirmed"], "{number}");
        assert_eq!(books.taken[&order(number)], [1], "{number}");
    }
}

async fn closed_every_day(store: &(impl EventStore + Clone)) {
    for day in 0..DAYS {
        let shop = open(store).await;
        a_day(&shop, day).await;
        close(shop).await;
    }
    let shop = open(store).await;
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop));
    close(shop).await;
    assert_that_everything_was_done_once(&Books::of(store).await);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_shut_down_in_the_middle_goes_on_from_there() {
    closed_every_day(&MemoryStore::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_on_many_threads_that_is_shut_down_in_the_middle_goes_on_from_there() {
    closed_every_day(&MemoryStore::new()).await;
}

#[tokio::test]
async fn a_service_on_sqlite_that_is_shut_down_in_the_middle_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("shop.db")).await.unwrap();
    closed_every_day(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_that_is_dropped_in_the_middle_goes_on_from_there() {
    let store = MemoryStore::new();
    for day in 0..DAYS {
        let shop = open(&store).await;
        a_day(&shop, day).await;
        drop(shop);
    }
    let shop = open(&store).await;
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop));
    close(shop).await;
    assert_that_everything_was_done_once(&Books::of(&store).await);
}

#[tokio::test(start_paused = true)]
async fn it_is_shut_down_in_the_middle_of_whatever_goes_wrong() {
    let store = MemoryStore::new();
    let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::rough(11));
    let customers = open(&store).await;
    for day in 0..DAYS {
        let shop = open_anyhow(&faulty).await;
        a_day(&customers, day).await;
        shop.shutdown(Duration::from_mins(1)).await.unwrap();
    }
    close(customers).await;
    let shop = open_anyhow(&faulty).await;
    settled_anyhow(&shop).await;
    assert!(nothing_is_parked(&shop));
    close(shop).await;
    assert_that_everything_was_done_once(&Books::of(&store).await);
}
