//! Processors that start, or have yet to give their leases back, while their service is shut down.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::processor::{Batch, ProcessorState, StartProcessorError};
use eventsourcing::service::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::bank::{Bank, open, stop};
use super::holding::{HeldStore, Hold};
use super::places::until;
use super::processors::Sink;

/// A service without projections, and its store.
async fn start() -> (Runtime, HeldStore) {
    let held = HeldStore::around(Arc::new(MemoryStore::new()));
    let bank = Bank::builder(held.clone()).tenants([]).start().await.unwrap();
    (bank, held)
}

#[tokio::test]
async fn none_starts_after_the_service_was_shut_down() {
    let (bank, _) = start().await;
    stop(bank.clone()).await;
    let refused = bank.processor("late").start(Sink::default()).await.unwrap_err();
    assert!(matches!(refused, StartProcessorError::ShuttingDown), "{refused}");
    assert!(bank.status().processors.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_about_to_start_does_not_hold_the_shutdown_up() {
    let (bank, held) = start().await;
    let (reached, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (reach, wait) = (Arc::clone(&reached), Arc::clone(&gate));
    let busy = bank.processor("busy").start(move |_: Batch| {
        let (reach, wait) = (Arc::clone(&reach), Arc::clone(&wait));
        async move {
            reach.notify_one();
            wait.notified().await;
            Ok(())
        }
    });
    busy.await.unwrap();
    open(&bank, "a", "Ada").await;
    reached.notified().await;

    held.set(Hold::Places);
    let mut starting = JoinSet::new();
    starting.spawn(bank.processor("late").start(Sink::default()));
    until("it asks where it left off", || held.waiting() == 1).await;
    let mut stopping = JoinSet::new();
    stopping.spawn(stop(bank));
    // Until nothing goes on but what waits.
    sleep(Duration::from_secs(1)).await;
    held.set(Hold::Nothing);
    let refused = starting.join_next().await.unwrap().unwrap().unwrap_err();
    assert!(matches!(refused, StartProcessorError::ShuttingDown), "{refused}");
    gate.notify_one();
    stopping.join_next().await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_shuts_down_again_waits_for_leases_that_are_not_given_back_yet() {
    let (bank, held) = start().await;
    let sink = bank.processor("sink").start(Sink::default()).await.unwrap();
    until("it has its lease", || sink.status().state == ProcessorState::Live).await;
    held.set(Hold::Releases);
    for _ in 0..2 {
        bank.shutdown(Duration::from_millis(100)).await.unwrap_err();
    }
    held.set(Hold::Nothing);
    stop(bank).await;
}
