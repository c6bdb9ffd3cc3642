//! What the store may answer besides yes and no.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::{Bug, ExecuteError, RetryPolicy};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{ErrorClass, StoreError};
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};

use super::bank::{balance, deposit, transfer, withdraw};
use super::cancellation::polled;
use super::stage::Stage;

const SECOND: Duration = Duration::from_secs(1);

/// A store on which nothing goes wrong but what a test says.
fn reliable() -> FaultyStore {
    FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE)
}

#[tokio::test]
async fn an_append_whose_answer_was_lost_is_found_in_the_store() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    store.script_appends([Some(AppendFault::LostAnswer)]);
    let done = executor.execute(deposit("alice", 100)).await.unwrap();
    assert_eq!((done.attempts(), done.is_repeated()), (1, false));
    assert_eq!(done.position().get(), 1);
    assert_eq!(balance(&store, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn an_append_that_was_lost_on_its_way_is_made_again() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    store.script_appends([Some(AppendFault::LostAppend)]);
    let done = executor.execute(deposit("alice", 100)).await.unwrap();
    assert_eq!(done.attempts(), 2);
    assert_eq!(balance(&store, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_tell_yet_is_asked_again() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    store.script_appends([Some(AppendFault::LostAnswer)]);
    store.script_settles([
        Some(Fault::Unavailable),
        Some(Fault::Overloaded),
        Some(Fault::Unavailable),
    ]);
    let done = executor.execute(deposit("alice", 100)).await.unwrap();
    assert_eq!(done.attempts(), 1);
    assert_eq!(balance(&store, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_tell_is_reported_as_unknown_and_others_go_on() {
    let store = reliable();
    let policy = RetryPolicy::default().with_deadline(SECOND);
    let executor = Executor::builder(store.clone()).retry(policy).build();
    executor.execute(deposit("alice", 100)).await.unwrap();
    store.script_appends([Some(AppendFault::LostAnswer)]);
    store.script_settles(vec![Some(Fault::Unavailable); 10_000]);
    let patient = executor
        .execute(transfer("alice", "bob", 30))
        .deadline(10 * SECOND);
    let error = patient.await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::UnknownOutcome);
    assert!(
        matches!(error, ExecuteError::UnknownOutcome { source: Some(_) }),
        "with what the store has said"
    );

    let done = executor.execute(transfer("alice", "bob", 30)).await.unwrap();
    assert_eq!(done.attempts(), 1);
    assert_eq!(
        balance(&store, "alice").await,
        40,
        "the first transfer had happened after all"
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_is_not_noticed() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();
    store.script_reads([Some(Fault::Unavailable), Some(Fault::Overloaded)]);
    store.script_appends([Some(Fault::Unavailable.into()), Some(Fault::Overloaded.into())]);
    let done = executor.execute(withdraw("alice", 30)).await.unwrap();
    assert_eq!(done.attempts(), 5);
    assert_eq!(balance(&store, "alice").await, 70);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_goes_away_for_seconds_is_waited_for() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    store.script_appends(vec![Some(Fault::Unavailable.into()); 100]);
    let done = executor.execute(deposit("alice", 100)).await.unwrap();
    assert_eq!(done.attempts(), 101, "more than are allowed for conflicts");
    assert_eq!(balance(&store, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_told_at_the_deadline() {
    let store = reliable();
    let executor = Executor::new(store.clone());
    store.script_appends(vec![Some(Fault::Unavailable.into()); 10_000]);
    let error = executor
        .execute(deposit("alice", 100))
        .deadline(SECOND)
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Retry);
    assert!(matches!(error, ExecuteError::Unavailable { attempts: 10.., .. }));
    assert_eq!(balance(&store, "alice").await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_busy_is_not_asked_for_ever() {
    let store = reliable();
    let policy = RetryPolicy::default().with_max_attempts(2);
    let executor = Executor::builder(store.clone()).retry(policy).build();
    store.script_appends([Some(Fault::Overloaded.into()), Some(Fault::Overloaded.into())]);
    let error = executor.execute(deposit("alice", 100)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Overloaded);
    assert_eq!(balance(&store, "alice").await, 0);
}

#[tokio::test(start_paused = true)]
async fn an_append_that_hangs_is_settled_and_gives_its_place_away() {
    let stage = Stage::default();
    let policy = RetryPolicy::default().with_deadline(SECOND);
    let executor = Executor::builder(stage.clone()).retry(policy).build();
    stage.on_append(|_, _| std::future::pending());
    let error = executor.execute(deposit("alice", 100)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::UnknownOutcome);

    let next = executor.execute(deposit("alice", 7)).deadline(10 * SECOND);
    next.await.unwrap();
    assert_eq!(balance(&stage, "alice").await, 7);
}

#[tokio::test]
async fn a_broken_store_is_not_tried_again() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    stage.on_append(|_, _| async { Err(StoreError::broken("its file is not what it was").into()) });
    let error = executor.execute(deposit("alice", 100)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
    assert!(matches!(error, ExecuteError::Bug(Bug::Store(_))));
}

#[tokio::test]
async fn a_store_that_panics_while_it_writes_leaves_the_outcome_unknown() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    stage.on_append(|log, append| async move {
        tokio::task::yield_now().await;
        log.append(append).await?;
        panic!("a bug in the store, after it has written")
    });
    let error = executor.execute(deposit("alice", 100)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::UnknownOutcome);
    assert_eq!(balance(&stage, "alice").await, 100);
    executor.execute(deposit("alice", 1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_overloaded_until_it_moves_on() {
    let stage = Stage::default();
    let executor = Executor::builder(stage.clone()).longest_queue(2).build();
    let others = executor.clone();
    stage.meanwhile(async move {
        let mut waiting = pin!(others.execute(deposit("alice", 2)).into_future());
        assert!(polled(waiting.as_mut(), 1).await.is_none());
        let error = others.execute(deposit("alice", 4)).await.unwrap_err();
        assert!(matches!(error, ExecuteError::Overloaded { source: None }));
        assert_eq!(error.class(), ErrorClass::Overloaded);
        others.execute(deposit("bob", 8)).await.unwrap();
    });
    executor.execute(deposit("alice", 1)).await.unwrap();
    executor.execute(deposit("alice", 16)).await.unwrap();
    assert_eq!(balance(&stage, "alice").await, 1 + 16);
    assert_eq!(balance(&stage, "bob").await, 8);
}
