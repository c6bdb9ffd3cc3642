//! What only time can mend is tried again by itself.

use std::sync::Arc;

use eventsourcing::bus::BusSubscription;
use eventsourcing::execute::{Executor, RetryPolicy};
use eventsourcing::memory::MemoryStore;
use eventsourcing::process::{ParkedEvent, ProcessPolicy, SettledError};
use eventsourcing::service::Runtime;
use eventsourcing::store::FeedFilter;
use eventsourcing::{RecordedEvent, TenantId};
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};

use super::books::Books;
use super::shop::{RemarkOn, Shop};
use super::world::{close, deposit, environment, nothing_is_parked, open, order, parked, place};

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
    let away = [Some(Fault::Unavailable)].repeat(CALLS);
    faulty.script_appends(away.iter().map(|fault| fault.map(AppendFault::from)));
    faulty.script_reads(away.clone());
    faulty.script_pages([Some(Fault::Unavailable); 20]);
    remark(&store, "one").await;
    remark(&store, "two").await;
    while let Err(error) = shop.settled().await {
        assert!(matches!(error, SettledError::Log(_)), "{error}");
    }

    // Longer than any command is tried, whose deadline is after 10 seconds.
    assert!(faulty.counts().unavailable > 1_000, "{:?}", faulty.counts());
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

async fn until_something_is_parked(events: &mut BusSubscription) {
    let is_parked = |event: &Arc<RecordedEvent>| event.event_type == "process.Parked";
    while !events.next().await.unwrap().events.iter().any(is_parked) {}
}

#[tokio::test(start_paused = true)]
async fn conflicts_without_end_park_an_instance_which_is_tried_again_later() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = impatient(&faulty).await;
    let mut events = shop.subscribe(FeedFilter::ALL).await.unwrap();
    faulty.script_appends([CONFLICT, CONFLICT, WRITTEN, CONFLICT, WRITTEN]);
    remark(&store, "one").await;
    until_something_is_parked(&mut events).await;
    assert!(Books::of(&store).await.printed.is_empty());

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
    managers
        .retry(&TenantId::DEFAULT, "print_remarks", "order-1")
        .await
        .unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one"]);
    assert!(nothing_is_parked(&shop));
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_tried_again_does_not_keep_the_service_from_shutting_down() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = impatient(&faulty).await;
    let mut events = shop.subscribe(FeedFilter::ALL).await.unwrap();
    faulty.script_appends([CONFLICT, CONFLICT, WRITTEN]);
    remark(&store, "one").await;
    let (settled, ()) = tokio::join!(shop.settled(), async {
        until_something_is_parked(&mut events).await;
        close(shop.clone()).await;
    });
    assert!(matches!(settled, Err(SettledError::Ended { .. })), "{settled:?}");

    let shop = open(&store).await;
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_make_anything_happen_twice() {
    let store = MemoryStore::new();
    let faulty = faulty(&store);
    let shop = open(&faulty).await;
    deposit(&shop, "ann", 7).await;
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
