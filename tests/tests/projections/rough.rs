//! Stores that fail now and then, and stores on disk.

use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};

use super::bank::{BalanceRow, Bank, account, balances, hasty, start, stop, transfer};

/// Somebody who commands, and does not project.
async fn writer(store: &(impl EventStore + Clone)) -> Runtime {
    Bank::builder(store.clone()).tenants([]).start().await.unwrap()
}

/// Opens a bank on a store that may fail.
async fn start_anyhow(store: &FaultyStore) -> Runtime {
    loop {
        let builder = Bank::builder(store.clone()).projection_policy(hasty());
        if let Ok(bank) = builder.start().await {
            return bank;
        }
    }
}

async fn settled_anyhow(bank: &Runtime) {
    // The end of the log cannot always be told.
    while bank.settled().await.is_err() {}
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_each_event_is_projected_once() {
    let mut unknown_outcomes = 0;
    for seed in 0..8 {
        let store = MemoryStore::new();
        let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::rough(seed));
        let writer = writer(&store).await;
        let banks = [start_anyhow(&faulty).await, start_anyhow(&faulty).await];
        for number in 0..120 {
            transfer(&writer, "bank", &format!("{}", number % 5), 1).await;
            if number % 4 == 0 {
                settled_anyhow(&banks[0]).await;
            }
        }
        for bank in banks {
            settled_anyhow(&bank).await;
            stop(bank).await;
        }
        let row = writer.rows::<BalanceRow>().get(&account("bank")).await.unwrap();
        let row = row.unwrap();
        assert_eq!((row.balance, row.moves), (-120, 120), "seed {seed}");
        assert_eq!(balances(&writer).await.values().sum::<i64>(), 0);
        unknown_outcomes += faulty.counts().unknown_outcomes();
    }
    assert!(unknown_outcomes > 20, "{unknown_outcomes}");
}

#[tokio::test]
async fn a_bank_on_sqlite_goes_on_where_it_left_off() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    for round in 1..=3 {
        let store = SqliteStore::open(&file).await.unwrap();
        let bank = start(&store).await;
        for number in 0..20 {
            transfer(&bank, "bank", &format!("{}", number % 4), 1).await;
        }
        bank.settled().await.unwrap();
        let balances = balances(&bank).await;
        assert_eq!((balances["bank"], balances["3"]), (-20 * round, 5 * round));
        stop(bank).await;
    }
}
