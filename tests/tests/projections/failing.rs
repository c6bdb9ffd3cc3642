//! Projections that are to stop rather than to lack an event.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{OnFailure, ProjectionState, WaitForError};
use eventsourcing::service::Runtime;
use tokio::time::sleep;

use super::bank::{Balances, Bank, OwnerRow, Owners, hasty, open, status};

async fn start(store: &MemoryStore, is_broken: &Arc<AtomicBool>) -> Runtime {
    let owners = Owners {
        is_broken: Arc::clone(is_broken),
    };
    let policy = hasty().on_failure(OnFailure::Stop);
    let builder = Bank::builder(store.clone()).projection_policy_of::<Owners>(policy);
    builder.projection(owners).start().await.unwrap()
}

async fn accounts_of(bank: &Runtime, owner: &str) -> u32 {
    let row = bank.rows::<OwnerRow>().get(owner).await.unwrap();
    row.map_or(0, |row| row.accounts)
}

#[tokio::test(start_paused = true)]
async fn an_event_that_fails_stops_its_projection_and_no_other() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let bank = start(&MemoryStore::new(), &is_broken).await;
    let before = open(&bank, "b", "Bob").await;
    open(&bank, "a", "Ada").await;
    let last = open(&bank, "c", "Bob").await;

    let error = bank.wait_for::<Owners>(last).await.unwrap_err();
    let WaitForError::Failed { failing, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(failing.event_type, "account.Opened");
    assert!(
        error
            .to_string()
            .ends_with("the handler failed: the census is closed"),
        "{error}"
    );
    let status = status(&bank, "owners");
    assert_eq!(status.state, ProjectionState::Failed);
    assert_eq!(status.position, before, "what comes after it waits");
    assert_eq!(status.lag_events, last.get() - before.get());
    assert_eq!(accounts_of(&bank, "Bob").await, 1);
    bank.wait_for::<Owners>(before).await.unwrap();
    bank.wait_for::<Balances>(last).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_when_the_event_does_not_fail_any_more() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let bank = start(&MemoryStore::new(), &is_broken).await;
    open(&bank, "a", "Ada").await;
    let last = open(&bank, "b", "Bob").await;
    bank.wait_for::<Owners>(last).await.unwrap_err();

    is_broken.store(false, Ordering::Relaxed);
    while bank.wait_for::<Owners>(last).await.is_err() {
        // Time stands still but for pauses.
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(accounts_of(&bank, "Ada").await, 1);
    assert_eq!(accounts_of(&bank, "Bob").await, 1);
    assert_eq!(status(&bank, "owners").state, ProjectionState::Live);
    assert_eq!(status(&bank, "owners").error, None);
}

#[tokio::test(start_paused = true)]
async fn a_failing_projection_can_be_shut_down_and_fails_again_afterwards() {
    let is_broken = Arc::new(AtomicBool::new(true));
    let store = MemoryStore::new();
    for _ in 0..2 {
        let bank = start(&store, &is_broken).await;
        let last = open(&bank, "a", "Ada").await;
        bank.wait_for::<Owners>(last).await.unwrap_err();
        bank.shutdown(Duration::from_mins(1)).await.unwrap();
    }
    is_broken.store(false, Ordering::Relaxed);
    let bank = start(&store, &is_broken).await;
    bank.settled().await.unwrap();
    assert_eq!(accounts_of(&bank, "Ada").await, 2);
}
