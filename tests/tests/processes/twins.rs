//! Two runtimes of one service on one store: whatever they do, they do it once.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use tokio::time::timeout;

use super::books::Books;
use super::shop::{CustomerId, Deposit, PlaceOrder, RemarkOn};
use super::world::{close, nothing_is_parked, open_anyhow, order, settled_anyhow};

/// What each customer has at first. An order costs one.
const MONEY: u64 = 8;
const CUSTOMERS: u32 = 5;

fn customer(of: u32) -> CustomerId {
    CustomerId::new((of % CUSTOMERS).to_string())
}

/// Orders of customers who cannot pay for all of them.
async fn place_orders(executor: &Executor, orders: u32) {
    for number in 0..CUSTOMERS {
        let (customer, amount) = (customer(number), MONEY);
        executor.execute(Deposit { customer, amount }).await.unwrap();
    }
    for number in 0..orders {
        let place = PlaceOrder::new(order(number), customer(number), 1);
        executor.execute(place).await.unwrap();
        for text in ["one", "two"] {
            let remark = RemarkOn::new(order(number), text.to_owned());
            executor.execute(remark).await.unwrap();
        }
    }
}

/// Two runtimes are at work on a store that may fail, while orders are placed on the one within.
async fn two_at_work(store: &(impl EventStore + Clone), may_fail: &(impl EventStore + Clone), orders: u32) {
    let twins = [open_anyhow(may_fail).await, open_anyhow(may_fail).await];
    place_orders(&Executor::new(store.clone()), orders).await;
    for shop in &twins {
        settled_anyhow(shop).await;
    }
    for shop in twins {
        assert!(nothing_is_parked(&shop), "{shop:?}");
        close(shop).await;
    }

    let books = Books::of(store).await;
    for number in 0..orders {
        assert_eq!(books.slip(format!("greeting-{number}")), ["welcome"], "{number}");
        assert_eq!(books.slip(number), ["one", "two"], "{number}");
        let end = books.end_of(&order(number));
        match books.taken.get(&order(number)).map(Vec::as_slice) {
            Some(taken) => assert_eq!((taken, &end[..]), (&[1][..], &["confirmed"][..]), "{number}"),
            None => assert_eq!(end, ["cancelled: 1 are missing"], "{number}"),
        }
    }
    let paid = u64::from(CUSTOMERS) * MONEY;
    assert_eq!(books.taken.len(), usize::try_from(paid).unwrap());
    assert!(books.balances.values().all(|balance| *balance == 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runtimes_do_everything_once() {
    let store = MemoryStore::new();
    two_at_work(&store, &store, 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runtimes_on_two_connections_of_sqlite_do_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let other = SqliteStore::open(&path).await.unwrap();
    two_at_work(&store, &other, 40).await;
}

#[tokio::test(start_paused = true)]
async fn two_runtimes_do_everything_once_on_a_store_that_fails_all_the_time() {
    for seed in 0..2 {
        let store = MemoryStore::new();
        let plan = FaultPlan {
            conflicts: 40,
            ..FaultPlan::rough(seed)
        };
        let faulty = FaultyStore::new(Arc::new(store.clone()), plan);
        two_at_work(&store, &faulty, 60).await;
        assert!(faulty.counts().lost_answers > 20);
    }
}

#[tokio::test(start_paused = true)]
async fn who_finds_that_the_other_was_faster_knows_that_all_is_done() {
    let store = MemoryStore::new();
    let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::NONE);
    let twins = [open_anyhow(&store).await, open_anyhow(&faulty).await];
    faulty.script_appends([Some(Fault::Delay(Duration::from_secs(1)).into())]);
    // Nothing is printed, so the log does not go on.
    let remark = RemarkOn::new(order(1), String::new());
    twins[0].execute(remark).await.unwrap();
    for shop in &twins {
        timeout(Duration::from_hours(1), shop.settled())
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(faulty.counts().delays, 1);
}
