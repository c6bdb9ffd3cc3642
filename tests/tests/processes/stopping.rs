//! A service comes to its end, however it is ended, and leaves nothing behind.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::environment::{Environment, Spawn};
use eventsourcing::memory::MemoryStore;
use eventsourcing::process::SettledError;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::books::{Books, log};
use super::shop::{Jam, Shop};
use super::world::{close, environment, execute, open, order, place, remark, slip};

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
        Shop::builder(store).environment(environment).start().await.unwrap()
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

#[tokio::test(start_paused = true)]
async fn it_can_be_shut_down_while_the_store_is_away() {
    let store = MemoryStore::new();
    let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::NONE);
    let tasks = Tasks::default();
    let shop = tasks.open(faulty.clone()).await;
    let for_ever = || (0..100_000).map(|_| Some(Fault::Unavailable));
    faulty.script_appends(for_ever().map(|fault| fault.map(Into::into)));
    faulty.script_reads(for_ever());
    let customers = open(&store).await;
    for number in 0..20 {
        place(&customers, &order(number), "bob", 7).await;
        remark(&customers, &order(number), "hello").await;
    }
    close(customers).await;
    shop.shutdown(Duration::from_secs(60)).await.unwrap();
    drop(shop);
    tasks.ended().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_service_to_settle_is_told_that_it_was_shut_down() {
    let store = MemoryStore::new();
    let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::NONE);
    let shop = open(&faulty).await;
    let customers = open(&store).await;
    close(customers.clone()).await;
    faulty.script_appends((0..100_000).map(|_| Some(Fault::Unavailable.into())));
    execute_elsewhere(&store).await;
    let (settled, ()) = tokio::join!(shop.settled(), async {
        shop.shutdown(Duration::from_secs(60)).await.unwrap();
    });
    assert!(matches!(settled, Err(SettledError::Ended { .. })), "{settled:?}");
}

/// A remark that no manager has dealt with.
async fn execute_elsewhere(store: &MemoryStore) {
    let executor = eventsourcing::execute::Executor::new(store.clone());
    let remark = super::shop::RemarkOn::new(order(1), "hello".to_owned());
    executor.execute(remark).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_parked_can_be_passed_over_after_shutdown() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    execute(&shop, Jam::new(slip(&order(1)))).await;
    remark(&shop, &order(1), "one").await;
    remark(&shop, &order(1), "").await;
    shop.settled().await.unwrap();
    shop.shutdown(Duration::from_secs(60)).await.unwrap();

    let before = log(&store).await.len();
    let managers = shop.process_managers();
    let tenant = eventsourcing::TenantId::DEFAULT;
    assert!(managers.retry(&tenant, "print_remarks", "order-1").await.is_err());
    managers.skip(&tenant, "print_remarks", "order-1").await.unwrap();
    assert!(log(&store).await.len() <= before + 2);
    assert!(Books::of(&store).await.slip("1").is_empty());
}
