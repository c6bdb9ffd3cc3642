//! A service comes to its end, however it is ended, and leaves nothing behind.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::environment::{Environment, Spawn};
use eventsourcing::execute::{ExecuteError, Executor};
use eventsourcing::memory::MemoryStore;
use eventsourcing::process::SettledError;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::books::Books;
use super::shop::{CustomerId, PlaceOrder, RemarkOn, Shop};
use super::world::{close, environment, open, order, parked, place, remark, skip};

/// The tasks of a service.
#[derive(Clone, Debug, Default)]
struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Spawn for Tasks {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.lock().unwrap().spawn(task);
    }
}

impl Tasks {
    async fn open(&self, store: impl EventStore) -> Runtime {
        let environment = Environment {
            spawn: Arc::new(self.clone()),
            ..environment()
        };
        Shop::builder(store)
            .environment(environment)
            .start()
            .await
            .unwrap()
    }

    /// Waits for the end of all of them.
    async fn ended(&self) {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap());
        assert!(!tasks.is_empty());
        timeout(Duration::from_hours(1), tasks.join_all()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn after_shutdown_there_are_no_tasks() {
    let tasks = Tasks::default();
    let shop = tasks.open(MemoryStore::new()).await;
    place(&shop, &order(1), "bob", 7).await;
    close(shop).await;
    tasks.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_dropped_stops_by_itself() {
    let store = MemoryStore::new();
    let tasks = Tasks::default();
    let shop = tasks.open(store.clone()).await;
    place(&shop, &order(1), "bob", 7).await;
    shop.settled().await.unwrap();
    drop(shop);
    tasks.ended().await;
}

/// A service on a store that takes nothing, where there is more to do than its lanes have room for.
async fn in_trouble(tasks: &Tasks) -> Runtime {
    let store = MemoryStore::new();
    let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::NONE);
    let shop = tasks.open(faulty.clone()).await;
    faulty.script_appends([Some(AppendFault::Call(Fault::Unavailable))].repeat(100_000));
    let customers = Executor::new(store);
    for number in 0..600 {
        let remark = RemarkOn::new(order(1), number.to_string());
        customers.execute(remark).await.unwrap();
    }
    shop
}

#[tokio::test(start_paused = true)]
async fn it_can_be_shut_down_while_the_store_is_away() {
    let tasks = Tasks::default();
    let shop = in_trouble(&tasks).await;
    close(shop).await;
    tasks.ended().await;
}

#[tokio::test(start_paused = true)]
async fn it_stops_by_itself_while_the_store_is_away() {
    let tasks = Tasks::default();
    drop(in_trouble(&tasks).await);
    tasks.ended().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_it_to_settle_is_told_that_it_was_shut_down() {
    let shop = in_trouble(&Tasks::default()).await;
    let (settled, ()) = tokio::join!(shop.settled(), close(shop.clone()));
    assert!(matches!(settled, Err(SettledError::Ended { .. })), "{settled:?}");
}

#[tokio::test(start_paused = true)]
async fn commands_that_are_under_way_at_shutdown_happen_with_all_that_follows_or_not_at_all() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    let mut customers = JoinSet::new();
    for number in 0..50 {
        let place = PlaceOrder::new(order(number), CustomerId::new("bob"), 7);
        let execute = shop.execute(place);
        customers.spawn(async move { (number, execute.await) });
        tokio::task::yield_now().await;
    }
    close(shop).await;
    let outcomes = customers.join_all().await;

    let shop = open(&store).await;
    shop.settled().await.unwrap();
    let books = Books::of(&store).await;
    for (number, outcome) in outcomes {
        match outcome {
            Ok(_) => assert_eq!(books.end_of(&order(number)), ["cancelled: 7 are missing"]),
            Err(ExecuteError::ShuttingDown) => assert!(books.end_of(&order(number)).is_empty()),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_can_be_passed_over_after_shutdown_but_is_not_taken_up() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    for text in ["! one", "two"] {
        remark(&shop, &order(1), text).await;
    }
    shop.settled().await.unwrap();
    close(shop.clone()).await;

    let managers = shop.process_managers();
    skip(&shop, "print_remarks", "order-1").await.unwrap();
    assert_eq!(parked(&shop, "print_remarks")[0].events.len(), 1);
    let retried = managers
        .retry(&TenantId::DEFAULT, "print_remarks", "order-1")
        .await;
    assert!(retried.is_err());
    assert!(Books::of(&store).await.printed.is_empty());

    let shop = open(&store).await;
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["two"]);
}
