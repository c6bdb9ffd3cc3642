//! What is told, and asked for, while a version of a projection fills its table for the first time.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::environment::Environment;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::{NotReady, ProjectionState, QueryError};
use eventsourcing::query::AskError;
use eventsourcing::service::Runtime;
use eventsourcing::{Clock, SystemClock, Timestamp};

use super::bank::{
    AccountId, BalanceRow, Balances, Bank, Close, Move, Open, balances, hasty, start, status, stop, transfer,
};
use super::changing::second;
use super::holding::{HeldStore, Hold};

/// A store on which a program without projections has made three transfers.
async fn with_transfers() -> MemoryStore {
    #[service(commands(Open, Move, Close))]
    struct Cashier;

    let store = MemoryStore::new();
    let cashier = Cashier::builder(store.clone()).start().await.unwrap();
    for amount in [1, 2, 3] {
        transfer(&cashier, "a", "b", amount).await;
    }
    stop(cashier).await;
    store
}

/// The second version, which cannot write anything before the store is let go.
async fn held_back(store: &MemoryStore) -> (HeldStore, Runtime) {
    let held = HeldStore::around(Arc::new(store.clone()));
    held.set(Hold::WritesAndLeases);
    let builder = second::Bank::builder(held.clone()).projection_policy(hasty());
    (held, builder.start().await.unwrap())
}

fn not_ready(error: QueryError) -> NotReady {
    let QueryError::NotReady(not_ready) = error else {
        unreachable!("{error}")
    };
    not_ready
}

#[tokio::test(start_paused = true)]
async fn a_new_version_is_asked_for_once_it_is_complete_and_the_old_one_serves_until_then() {
    let store = with_transfers().await;
    let first = start(&store).await;
    first.settled().await.unwrap();

    let (held, next) = held_back(&store).await;
    let rows = || next.rows::<second::BalanceRow>();
    let told = not_ready(rows().all().await.unwrap_err());
    assert_eq!((told.projection, told.version.get()), ("balances", 2));
    assert_eq!((told.position.get(), told.end.get()), (0, 3));
    assert!(!status(&next, "balances").is_ready);
    assert!(!status(&next, "balances").is_active);
    not_ready(rows().get(&AccountId("b".into())).await.unwrap_err());
    let half = rows().even_if_not_ready().all().await.unwrap();
    assert_eq!(half, [], "whoever wants to may look");
    assert_eq!(balances(&first).await["b"], 6);

    held.set(Hold::Nothing);
    next.settled().await.unwrap();
    assert_eq!(rows().all().await.unwrap()[0].received, 6);
    assert!(status(&next, "balances").is_ready);
    assert_eq!(
        balances(&first).await["b"],
        6,
        "the old program reads its own version"
    );
}

#[tokio::test(start_paused = true)]
async fn what_another_process_has_completed_is_asked_for() {
    let store = with_transfers().await;
    let (_held, looks_on) = held_back(&store).await;
    not_ready(looks_on.rows::<second::BalanceRow>().all().await.unwrap_err());
    let works = second::Bank::builder(store).start().await.unwrap();
    works.settled().await.unwrap();
    let rows = looks_on.rows::<second::BalanceRow>().all().await.unwrap();
    assert_eq!(rows[0].received, 6);
}

#[tokio::test(start_paused = true)]
async fn a_first_version_is_ready_at_once_on_an_empty_log_and_at_the_end_of_any_other() {
    for (store, is_empty) in [(MemoryStore::new(), true), (with_transfers().await, false)] {
        let (held, bank) = held_back(&store).await;
        let rows = bank.rows::<second::BalanceRow>().all().await;
        assert_eq!(rows.is_ok(), is_empty);
        assert_eq!(status(&bank, "balances").is_active, is_empty);
        held.set(Hold::Nothing);
        bank.settled().await.unwrap();
        bank.rows::<second::BalanceRow>().all().await.unwrap();
    }
}

#[tokio::test]
async fn a_version_that_fell_behind_while_nobody_ran_it_is_asked_for_all_the_same() {
    let store = MemoryStore::new();
    stop(start(&store).await).await;
    let next = second::Bank::builder(store.clone()).start().await.unwrap();
    transfer(&next, "a", "b", 3).await;
    next.settled().await.unwrap();
    stop(next).await;

    let first = start(&store).await;
    first.settled().await.unwrap();
    assert_eq!(
        balances(&first).await["b"],
        3,
        "it is not the active one, and complete"
    );
    assert!(!status(&first, "balances").is_active);
}

/// How many accounts there are.
#[derive(Query, Serialize, Deserialize)]
#[query(result = usize, of(second::Balances))]
struct Accounts {}

impl QueryLogic for Accounts {
    async fn answer(&self, read: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(read.rows::<second::BalanceRow>().all().await?.len())
    }
}

#[tokio::test(start_paused = true)]
async fn who_follows_a_query_is_told_that_it_is_not_ready_and_then_its_result() {
    let (held, bank) = held_back(&with_transfers().await).await;
    let asked = bank.query(Accounts {}).await.unwrap_err();
    assert!(matches!(asked, AskError::NotReady(_)), "{asked}");
    let mut live = bank.follow(Accounts {}).await.unwrap();
    let told = live.next().await.unwrap_err();
    assert!(matches!(told, AskError::NotReady(_)), "{told}");
    held.set(Hold::Nothing);
    loop {
        match live.next().await {
            Ok(accounts) => break assert_eq!(*accounts, 1),
            Err(AskError::NotReady(_)) => {}
            Err(other) => unreachable!("{other}"),
        }
    }
}

/// An hour ahead of the others.
#[derive(Debug)]
struct Fast;

impl Clock for Fast {
    fn now(&self) -> Timestamp {
        SystemClock.now().after(Duration::from_hours(1))
    }
}

#[tokio::test(start_paused = true)]
async fn the_lag_is_told_in_events_and_in_the_age_of_the_first_of_them() {
    let held = HeldStore::around(Arc::new(with_transfers().await));
    held.set(Hold::WritesAndLeases);
    let environment = Environment {
        clock: Arc::new(Fast),
        ..Environment::default()
    };
    let builder = Bank::builder(held.clone()).environment(environment);
    let bank = builder.start().await.unwrap();
    let behind = loop {
        let status = status(&bank, "balances");
        if status.lag_seconds > 0 {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(
        (behind.position.get(), behind.end.get(), behind.lag_events),
        (0, 3, 3)
    );
    assert!(
        (3_600..7_200).contains(&behind.lag_seconds),
        "{}",
        behind.lag_seconds
    );
    assert_eq!((behind.events_handled, behind.seconds_left), (0, None));

    held.set(Hold::Nothing);
    bank.wait_for::<Balances>(behind.end).await.unwrap();
    bank.settled().await.unwrap();
    let there = status(&bank, "balances");
    assert_eq!(
        (there.position.get(), there.lag_events, there.lag_seconds),
        (3, 0, 0)
    );
    assert_eq!((there.events_handled, there.seconds_left), (3, Some(0)));
    assert_eq!(there.state, ProjectionState::Live);
    assert_eq!(bank.rows::<BalanceRow>().all().await.unwrap().len(), 2);
}
