//! What only time can mend is tried again by itself.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::{Executor, RetryPolicy};
use eventsourcing::memory::MemoryStore;
use eventsourcing::process::{ParkedEvent, ProcessPolicy};
use eventsourcing::service::Runtime;
use eventsourcing::store::FeedFilter;
use eventsourcing::{Clock as _, TenantId};
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};

use super::books::Books;
use super::shop::{RemarkOn, Shop};
use super::world::{deposit, environment, nothing_is_parked, open, order, parked, place};

fn faulty(store: &MemoryStore) -> FaultyStore {
    FaultyStore::new(Arc::new(store.clone()), FaultPlan::NONE)
}

/// Somebody remarks something, and no manager of theirs is there.
async fn remark(store: &MemoryStore, text: &str) {
    let executor = Executor::new(store.clone());
    let remark = RemarkOn::new(order(1), text.to_owned());
    executor.execute(remark).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_nothing_is_parked() {
    const CALLS: usize = 2_000;
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = open(&faulty).await;
    deposit(&shop, "ann", 7).await;
    let customers = open(&store).await;
    shop.shutdown(Duration::ZERO).await.unwrap();
    drop(customers);

    let shop = open(&faulty).await;
    let away = || (0..CALLS).map(|_| Some(Fault::Unavailable));
    faulty.script_appends(away().map(|fault| fault.map(Into::into)));
    faulty.script_reads(away());
    let before = environment().clock.now();
    remark(&store, "one").await;
    remark(&store, "two").await;
    shop.settled().await.unwrap();

    assert!(before <= environment().clock.now());
    assert!(faulty.counts().unavailable >= 1_000, "{:?}", faulty.counts());
    assert!(nothing_is_parked(&shop));
    assert_eq!(Books::of(&store).await.slip("1"), ["one", "two"]);
}

/// A shop that gives up early: an event is tried twice, and then three times after it was parked.
async fn impatient(store: &FaultyStore) -> Runtime {
    Shop::builder(store.clone())
        .environment(environment())
        .policy(RetryPolicy::default().with_max_attempts(1))
        .process_policy(ProcessPolicy::default().with_attempts(2, 3))
        .start()
        .await
        .unwrap()
}

const CONFLICT: Option<AppendFault> = Some(AppendFault::Conflict);
/// What is said of the event is written.
const WRITTEN: Option<AppendFault> = None;

fn only_event(shop: &Runtime) -> ParkedEvent {
    let [instance] = parked(shop, "print_remarks").try_into().unwrap();
    let [event] = instance.events.try_into().unwrap();
    event
}

#[tokio::test(start_paused = true)]
async fn conflicts_without_end_park_an_instance_which_is_tried_again_later() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = impatient(&faulty).await;
    let mut events = shop.subscribe(FeedFilter::ALL).await.unwrap();
    faulty.script_appends([CONFLICT, CONFLICT, WRITTEN, CONFLICT, WRITTEN]);
    remark(&store, "one").await;
    while !events.next().await.unwrap().events.iter().any(|event| event.event_type == "process.Parked") {}
    let printed = Books::of(&store).await.printed;
    assert!(printed.is_empty());

    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one"]);
    assert!(nothing_is_parked(&shop));
    assert_eq!(faulty.counts().conflicts, 3);
}

#[tokio::test(start_paused = true)]
async fn what_fails_again_and_again_is_left_to_people_at_last() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = impatient(&faulty).await;
    faulty.script_appends([CONFLICT, CONFLICT, WRITTEN]);
    faulty.script_appends([CONFLICT, WRITTEN].repeat(3));
    remark(&store, "one").await;
    shop.settled().await.unwrap();

    let event = only_event(&shop);
    assert_eq!((event.attempts, event.again_at), (4, None));
    assert!(event.reason.is_some());
    let managers = shop.process_managers();
    managers.retry(&TenantId::DEFAULT, "print_remarks", "order-1").await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one"]);
    assert!(nothing_is_parked(&shop));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_make_anything_happen_twice() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = open(&faulty).await;
    let customers = open(&store).await;
    deposit(&customers, "ann", 7).await;
    customers.shutdown(Duration::from_secs(60)).await.unwrap();
    let lost = [Some(AppendFault::LostAnswer), Some(AppendFault::LostAppend)];
    faulty.script_appends(lost.repeat(20));
    faulty.script_settles([Some(Fault::Unavailable); 3]);
    place(&shop, &order(1), "ann", 7).await;
    shop.settled().await.unwrap();

    let books = Books::of(&store).await;
    assert_eq!(books.end_of(&order(1)), ["confirmed"]);
    assert_eq!(books.taken[&order(1)], [7]);
    assert_eq!(books.slip("greeting-1"), ["welcome"]);
    assert!(nothing_is_parked(&shop));
}
