//! Streams that are too long to be read at once.

use std::sync::Arc;

use eventsourcing::TenantId;
use eventsourcing::execute::{ExecuteError, Executor};
use eventsourcing::memory::MemoryStore;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fixture::{NewEventExt as _, append, event};

use super::bank::{BankError, balance, deposit, transfer, withdraw};
use super::spy::Spy;
use super::stage::Stage;

const LENGTH: usize = 20_000;

/// One cent at a time.
async fn save_up(store: &impl EventStore, account: &str, times: usize) {
    let log = store.tenant(&TenantId::DEFAULT).log;
    let deposited = || {
        event("account.Deposited", &format!("account-{account}"))
            .with_payload(format!(r#"{{"account":"{account}","amount":1}}"#))
    };
    for _ in 0..times / 5_000 {
        let events = append((0..5_000).map(|_| deposited()));
        log.append(Arc::new(events)).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_stream_is_read_in_pieces() {
    let store = MemoryStore::new();
    save_up(&store, "alice", LENGTH).await;
    let (executor, spy) = Spy::on(store);
    let amount = i64::try_from(LENGTH).unwrap();
    executor.execute(withdraw("alice", amount)).await.unwrap();
    assert_eq!(
        spy.reads(),
        [
            ["account-alice after 0"],
            ["account-alice after 8192"],
            ["account-alice after 16384"],
        ]
    );
    assert_eq!(balance(executor.store(), "alice").await, 0);
}

#[tokio::test]
async fn what_is_decided_on_pieces_holds_at_one_moment() {
    let stage = Stage::default();
    let store = stage.undisturbed();
    save_up(&store, "alice", LENGTH).await;
    save_up(&store, "bob", 5_000).await;
    // While alice's stream is read, somebody takes what is in it.
    for _ in 0..3 {
        stage.on_read(|log, read| async move { log.read_streams(&read).await });
    }
    let other = store.clone();
    stage.on_read(move |log, read| async move {
        let executor = Executor::new(other);
        executor.execute(withdraw("alice", 19_999)).await.unwrap();
        log.read_streams(&read).await
    });
    let executor = Executor::new(stage);
    let error = executor.execute(transfer("alice", "bob", 2)).await.unwrap_err();
    assert!(
        matches!(error, ExecuteError::Rejected(BankError::InsufficientFunds { .. })),
        "{error}"
    );
    assert_eq!(balance(&store, "alice").await, 1);
}

#[tokio::test]
async fn a_long_stream_is_read_in_pieces_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("bank.db")).await.unwrap();
    save_up(&store, "alice", LENGTH).await;
    let executor = Executor::new(store);
    executor.execute(transfer("alice", "bob", 15_000)).await.unwrap();
    executor.execute(deposit("bob", 1)).await.unwrap();
    assert_eq!(balance(executor.store(), "alice").await, 5_000);
    assert_eq!(balance(executor.store(), "bob").await, 15_001);
}
