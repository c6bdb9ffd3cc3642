//! Processes that share the projections of one store, and what happens when one of them goes away, in one way or another.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{LeasePolicy, ProjectionState};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use tokio::time::timeout;

use super::bank::{
    BalanceRow, Balances, Bank, OwnerRow, Owners, account, balances, hasty, open, status, stop, transfer,
};
use super::holding::{HeldStore, Hold};
use super::places::{Mortal, Place, on_every_store, until};

const PROJECTIONS: [&str; 2] = ["balances", "owners"];

async fn start(store: Arc<dyn EventStore>, label: &str, ttl: Duration) -> (Runtime, Mortal) {
    let mortal = Mortal::default();
    let environment = Environment {
        spawn: Arc::new(mortal.clone()),
        ..Environment::default()
    };
    let builder = Bank::builder(store)
        .environment(environment)
        .projection_policy(hasty())
        .lease_policy(LeasePolicy::default().with_ttl(ttl).with_label(label));
    (builder.start().await.unwrap(), mortal)
}

fn state(bank: &Runtime, projection: &str) -> ProjectionState {
    status(bank, projection).state
}

/// Which of them a process runs itself.
fn runs(bank: &Runtime) -> Vec<&'static str> {
    let is_live = |projection: &&str| state(bank, projection) == ProjectionState::Live;
    PROJECTIONS.into_iter().filter(is_live).collect()
}

async fn until_shared(banks: [&Runtime; 2]) {
    until("each runs one of them", || {
        let [first, second] = banks.map(runs);
        let stand_by = banks.map(|bank| {
            let states = PROJECTIONS.map(|projection| state(bank, projection));
            states.contains(&ProjectionState::Standby)
        });
        first.len() == 1 && second.len() == 1 && first != second && stand_by == [true; 2]
    })
    .await;
}

async fn until_one_runs_all(bank: &Runtime) {
    until("one runs all of them", || runs(bank) == PROJECTIONS).await;
}

/// Whoever has waited finds in the rows what was done, whichever process has projected it.
async fn assert_that_rows_are_there(bank: &Runtime, number: i64) {
    let done = transfer(bank, "bank", "till", 1).await;
    bank.wait_for::<Balances>(done).await.unwrap();
    let row = bank.rows::<BalanceRow>().get(&account("till")).await.unwrap();
    assert_eq!(row.map(|row| row.balance), Some(number));
    let done = open(bank, "till", "Ada").await;
    bank.wait_for::<Owners>(done).await.unwrap();
    let row = bank.rows::<OwnerRow>().get("Ada").await.unwrap();
    assert_eq!(row.map(|row| i64::from(row.accounts)), Some(number));
    // Of no interest to it, so that nothing is saved.
    let done = transfer(bank, "else", "where", 1).await;
    bank.wait_for::<Owners>(done).await.unwrap();
}

async fn processes_share_the_projections_and_each_can_wait_for_all(place: Place) {
    let ttl = Duration::from_secs(2);
    let (first, _) = start(place.open().await, "first", ttl).await;
    until_one_runs_all(&first).await;
    let (second, _) = start(place.open().await, "second", ttl).await;
    until_shared([&first, &second]).await;
    for (bank, other) in [(&first, "second"), (&second, "first")] {
        until("it is known who runs the other one", || {
            let held_by = PROJECTIONS.map(|projection| status(bank, projection).held_by);
            held_by.into_iter().flatten().collect::<Vec<_>>() == [other]
        })
        .await;
    }
    for round in 0..10 {
        assert_that_rows_are_there(&first, 2 * round + 1).await;
        assert_that_rows_are_there(&second, 2 * round + 2).await;
    }
    second.settled().await.unwrap();
    let all = balances(&second).await;
    assert_eq!((all["bank"], all["where"]), (-20, 20));
    for bank in [first, second] {
        stop(bank).await;
    }
}

async fn who_is_shut_down_hands_over_before_its_time_is_over(place: Place) {
    let ttl = Duration::from_mins(5);
    let (first, _) = start(place.open().await, "first", ttl).await;
    until_one_runs_all(&first).await;
    assert_that_rows_are_there(&first, 1).await;
    stop(first).await;
    let (second, _) = start(place.open().await, "second", ttl).await;
    until_one_runs_all(&second).await;
    assert_that_rows_are_there(&second, 2).await;
    stop(second).await;
}

async fn what_a_killed_process_ran_another_takes_over(place: Place) {
    let ttl = Duration::from_secs(1);
    let (first, mortal) = start(place.open().await, "first", ttl).await;
    let (second, _) = start(place.open().await, "second", ttl).await;
    until_shared([&first, &second]).await;
    assert_that_rows_are_there(&second, 1).await;
    mortal.kill();
    assert_that_rows_are_there(&second, 2).await;
    until_one_runs_all(&second).await;
    assert_that_rows_are_there(&second, 3).await;

    let uninterrupted = MemoryStore::new();
    let (alone, _) = start(Arc::new(uninterrupted), "alone", ttl).await;
    for number in 1..=3 {
        assert_that_rows_are_there(&alone, number).await;
    }
    for bank in [&second, &alone] {
        bank.settled().await.unwrap();
    }
    assert_eq!(balances(&second).await, balances(&alone).await);
    for bank in [second, alone] {
        stop(bank).await;
    }
}

/// It has loaded rows, changed them, and sent them off, when it is thought to be dead.
async fn a_write_that_comes_too_late_is_refused_by_the_fence(place: Place) {
    let ttl = Duration::from_secs(1);
    let held = HeldStore::around(place.open().await);
    let (zombie, _) = start(Arc::new(held.clone()), "zombie", ttl).await;
    until_one_runs_all(&zombie).await;
    let writer = Bank::builder(place.open().await)
        .tenants([])
        .start()
        .await
        .unwrap();
    held.set(Hold::WritesAndLeases);
    transfer(&writer, "bank", "drain", 5).await;
    until("the write is on its way", || held.waiting() > 0).await;
    for _ in 0..3 {
        // It reads ahead.
        transfer(&writer, "bank", "drain", 5).await;
    }

    let (heir, _) = start(place.open().await, "heir", ttl).await;
    until_one_runs_all(&heir).await;
    assert_that_rows_are_there(&heir, 1).await;
    heir.settled().await.unwrap();
    let before = balances(&heir).await;
    assert_eq!((before["bank"], before["drain"]), (-21, 20));

    held.set(Hold::Nothing);
    until("the late write has come", || held.fenced_off() == 1).await;
    assert_eq!(balances(&heir).await, before);
    until_shared([&zombie, &heir]).await;
    assert_that_rows_are_there(&zombie, 2).await;
    for bank in [zombie, heir] {
        stop(bank).await;
    }
}

on_every_store! {
    processes_share_the_projections_and_each_can_wait_for_all,
    who_is_shut_down_hands_over_before_its_time_is_over,
    what_a_killed_process_ran_another_takes_over,
    a_write_that_comes_too_late_is_refused_by_the_fence,
}

#[tokio::test]
async fn a_process_that_was_never_gone_hands_over_to_one_that_waits() {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let ttl = Duration::from_secs(20);
    let (first, _) = start(Arc::clone(&store), "first", ttl).await;
    until_one_runs_all(&first).await;
    let (second, _) = start(store, "second", ttl).await;
    until_shared([&first, &second]).await;
    let handed_over = async {
        stop(first).await;
        until_one_runs_all(&second).await;
    };
    timeout(ttl * 3 / 4, handed_over).await.unwrap();
    stop(second).await;
}

#[tokio::test]
async fn what_several_tenants_need_is_shared_as_a_whole() {
    let store = MemoryStore::new();
    let start = async |label| {
        let tenants = ["b", "a", "c"].map(|tenant| TenantId::new(tenant).unwrap());
        let builder = Bank::builder(store.clone()).tenants(tenants);
        let leases = LeasePolicy::default().with_label(label);
        builder.lease_policy(leases).start().await.unwrap()
    };
    let banks = [start("first").await, start("second").await];
    let live = |bank: &Runtime| {
        let status = bank.status().projections.into_iter();
        let live = status.filter(|status| status.state == ProjectionState::Live);
        live.map(|status| (status.tenant, status.projection))
            .collect::<HashSet<_>>()
    };
    until("each runs three of six", || {
        let [first, second] = [live(&banks[0]), live(&banks[1])];
        first.len() == 3 && second.len() == 3 && first.is_disjoint(&second)
    })
    .await;
    for bank in banks {
        stop(bank).await;
    }
}
