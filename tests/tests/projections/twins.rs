use eventsourcing::memory::MemoryStore;
use tokio::task::JoinSet;

use super::bank::{BalanceRow, account, balances, start, stop, transfer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_that_run_the_same_projection_project_each_event_once() {
    let store = MemoryStore::new();
    let banks = [start(&store).await, start(&store).await, start(&store).await];
    let mut writers = JoinSet::new();
    for writer in 0..6_usize {
        let bank = banks[writer % 3].clone();
        writers.spawn(async move {
            for number in 0..50 {
                transfer(&bank, "bank", &format!("{}", (writer + number) % 5), 1).await;
            }
        });
    }
    writers.join_all().await;
    for bank in &banks {
        bank.settled().await.unwrap();
    }
    let row = banks[0]
        .rows::<BalanceRow>()
        .get(&account("bank"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.balance, row.moves), (-300, 300));
    assert_eq!(balances(&banks[1]).await.values().sum::<i64>(), 0);
    for bank in banks {
        stop(bank).await;
    }
}

#[tokio::test]
async fn what_is_cut_off_anywhere_is_projected_once() {
    let store = MemoryStore::new();
    for number in 0..40 {
        let bank = start(&store).await;
        transfer(&bank, "bank", &format!("{}", number % 3), 1).await;
        for _ in 0..number % 5 {
            tokio::task::yield_now().await;
        }
        // Its tasks stop wherever they are.
        drop(bank);
    }
    let bank = start(&store).await;
    bank.settled().await.unwrap();
    let row = bank
        .rows::<BalanceRow>()
        .get(&account("bank"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.balance, row.moves), (-40, 40));
}
