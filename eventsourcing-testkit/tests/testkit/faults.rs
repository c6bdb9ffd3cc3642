//! The faulty store fails as it was told to.
#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{
    Append, AppendError, ErrorClass, EventLog, EventStore, ReadFeed, Settled, StoreErrorKind,
};
use eventsourcing_memory::MemoryStore;
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};
use eventsourcing_testkit::fixture::{AppendExt, append, event, read, whole};
use tokio::time::Instant;

fn store(plan: FaultPlan) -> (FaultyStore, Arc<dyn EventLog>) {
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), plan);
    let log = store.tenant(&TenantId::DEFAULT).log;
    (store, log)
}

fn opened() -> Arc<Append> {
    Arc::new(append([event("account.Opened", "account-1")]).if_absent("account-1"))
}

/// The head of the account in the store within.
async fn head(store: &FaultyStore) -> u64 {
    let log = store.store().tenant(&TenantId::DEFAULT).log;
    let read = log.read_streams(&read([whole("account-1")])).await;
    read.expect("the store within should be readable").slices[0]
        .head
        .get()
}

#[tokio::test]
async fn a_made_up_conflict_writes_nothing() {
    let (store, log) = store(FaultPlan::NONE);
    store.script_appends([Some(AppendFault::Conflict)]);
    let error = log.append(opened()).await.unwrap_err();
    assert!(
        matches!(&error, AppendError::Conflict(conflict) if conflict.stream == *"account-1"),
        "{error:?}"
    );
    assert_eq!(head(&store).await, 0);
    log.append(opened()).await.unwrap();
}

#[tokio::test]
async fn an_append_without_conditions_cannot_conflict() {
    let (store, log) = store(FaultPlan::NONE);
    store.script_appends([Some(AppendFault::Conflict)]);
    log.append(Arc::new(append([event("account.Opened", "account-1")])))
        .await
        .unwrap();
    assert_eq!(store.counts().conflicts, 0);
}

#[tokio::test]
async fn an_append_whose_answer_is_lost_is_written() {
    let (store, log) = store(FaultPlan::NONE);
    store.script_appends([Some(AppendFault::LostAnswer)]);
    let append = opened();
    let error = log.append(Arc::clone(&append)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::UnknownOutcome);
    assert_eq!(head(&store).await, 1);
    assert!(matches!(log.settle(append).await, Ok(Settled::Present(_))));
}

#[tokio::test]
async fn a_lost_append_is_not_written() {
    let (store, log) = store(FaultPlan::NONE);
    store.script_appends([Some(AppendFault::LostAppend)]);
    let append = opened();
    let error = log.append(Arc::clone(&append)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::UnknownOutcome);
    assert_eq!(head(&store).await, 0);
    assert!(matches!(log.settle(append).await, Ok(Settled::Absent)));
}

#[tokio::test]
async fn calls_of_any_kind_may_find_the_store_unavailable_or_overloaded() {
    let (store, log) = store(FaultPlan::NONE);
    for (fault, class) in [
        (Fault::Unavailable, ErrorClass::Retry),
        (Fault::Overloaded, ErrorClass::Overloaded),
    ] {
        store.script_appends([Some(fault.into())]);
        store.script_settles([Some(fault)]);
        store.script_reads([Some(fault)]);
        store.script_pages([Some(fault)]);
        assert_eq!(log.append(opened()).await.unwrap_err().class(), class);
        assert_eq!(log.settle(opened()).await.unwrap_err().class(), class);
        assert_eq!(log.read_streams(&read([])).await.unwrap_err().class(), class);
        assert_eq!(
            log.read_feed(&ReadFeed::after(None)).await.unwrap_err().class(),
            class
        );
    }
    assert_eq!(head(&store).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_delayed_call_succeeds_later() {
    let (store, log) = store(FaultPlan::NONE);
    let late = Fault::Delay(Duration::from_secs(3));
    store.script_appends([Some(late.into())]);
    store.script_reads([Some(late)]);
    let start = Instant::now();
    log.append(opened()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(
        log.read_streams(&read([whole("account-1")]))
            .await
            .unwrap()
            .slices[0]
            .head
            .get(),
        1
    );
    assert_eq!(start.elapsed().as_secs(), 6);
}

#[tokio::test]
async fn scripted_faults_come_in_turn_and_once() {
    let (store, log) = store(FaultPlan::NONE);
    store.script_settles([None, Some(Fault::Unavailable), Some(Fault::Overloaded)]);
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(log.settle(opened()).await.map_err(|error| error.kind()));
    }
    let (unavailable, overloaded) = (Err(StoreErrorKind::Unavailable), Err(StoreErrorKind::Overloaded));
    assert_eq!(
        kinds,
        [Ok(Settled::Absent), unavailable, overloaded, Ok(Settled::Absent)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_rough_day_is_as_rough_as_it_says() {
    let (store, log) = store(FaultPlan::rough(7));
    for _ in 0..2_000 {
        drop(log.append(opened()).await);
        drop(log.read_streams(&read([whole("account-1")])).await);
    }
    let counts = store.counts();
    assert_eq!((counts.appends, counts.other_calls), (2_000, 2_000));
    assert!((700..900).contains(&counts.faulty_appends), "{counts:?}");
    assert!((180..300).contains(&counts.unknown_outcomes()), "{counts:?}");
    assert!((480..640).contains(&counts.faulty_other_calls), "{counts:?}");
    assert_eq!(counts.conflicts, 0);
}

#[tokio::test(start_paused = true)]
async fn one_seed_gives_the_same_faults_each_time() {
    let mut days = Vec::new();
    for seed in [1, 1, 2] {
        let (store, log) = store(FaultPlan::rough(seed));
        let mut classes = Vec::new();
        for _ in 0..100 {
            classes.push(log.append(opened()).await.err().map(|error| error.class()));
        }
        days.push((classes, store.counts()));
    }
    assert_eq!(days[0], days[1]);
    assert_ne!(days[0], days[2]);
}
