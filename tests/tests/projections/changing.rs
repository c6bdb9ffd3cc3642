//! Programs that are not what they were.

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::StartProjectionsError;
use eventsourcing::service::StartError;

use super::bank::{AccountEvent, AccountId, BalanceRow, Close, Move, Open, open, start, stop, transfer};

/// The number of movements, in another way than before.
#[derive(Default)]
pub struct Doubled;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Doubled {
    #[on(AccountEvent::Moved)]
    fn moved(&self, to: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.entry(to).moves += 2;
    }
}

#[service(commands(Open, Move, Close), projections(Doubled))]
pub struct Changed;

#[tokio::test]
async fn code_that_has_changed_without_a_new_version_is_refused_at_the_start() {
    let store = MemoryStore::new();
    stop(start(&store).await).await;
    stop(start(&store).await).await;

    let error = Changed::builder(store).start().await.unwrap_err();
    assert!(matches!(
        error,
        StartError::Projections(StartProjectionsError::Changed { .. })
    ));
    let said = error.to_string();
    assert!(
        said.starts_with("the projection `balances` has changed since its version 1 was first run"),
        "{said}"
    );
    assert!(said.contains("write `version = 2`"), "{said}");
}

mod excused {
    use super::*;

    #[derive(Default)]
    pub struct Balances;

    #[projection(name = "balances", version = 1, row = BalanceRow, changed = "nobody closes accounts")]
    impl Balances {
        #[on(AccountEvent::Moved)]
        fn moved(&self, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
            rows.entry(to).balance += amount;
        }
    }

    #[service(commands(Open, Move, Close), projections(Balances))]
    pub struct Bank;
}

#[tokio::test]
async fn who_says_why_the_rows_are_the_same_may_change_the_code() {
    let store = MemoryStore::new();
    stop(start(&store).await).await;
    let bank = excused::Bank::builder(store).start().await.unwrap();
    let done = transfer(&bank, "a", "b", 3).await;
    bank.wait_for::<excused::Balances>(done).await.unwrap();
    assert_eq!(bank.rows::<BalanceRow>().all().await.unwrap().len(), 1);
}

pub mod second {
    use super::*;

    #[derive(Row, Debug, PartialEq)]
    #[row(table = "balances")]
    pub struct BalanceRow {
        #[key]
        pub account: AccountId,
        pub received: i64,
    }

    #[derive(Default)]
    pub struct Balances;

    #[projection(name = "balances", version = 2, row = BalanceRow)]
    impl Balances {
        #[on(AccountEvent::Moved)]
        fn moved(&self, to: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
            rows.entry(to).received += amount;
        }
    }

    #[service(commands(Open, Move, Close), projections(Balances))]
    pub struct Bank;
}

#[tokio::test]
async fn a_new_version_fills_a_table_of_its_own_from_the_beginning() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    open(&first, "a", "Ada").await;
    transfer(&first, "a", "b", 3).await;
    first.settled().await.unwrap();

    let next = second::Bank::builder(store.clone()).start().await.unwrap();
    let done = transfer(&next, "a", "b", 4).await;
    next.wait_for::<second::Balances>(done).await.unwrap();
    assert_eq!(
        next.rows::<second::BalanceRow>().all().await.unwrap(),
        [second::BalanceRow {
            account: AccountId("b".into()),
            received: 7
        }]
    );

    first.settled().await.unwrap();
    let old = first.rows::<BalanceRow>().all().await.unwrap();
    assert_eq!(old.len(), 2, "the old version serves on");
    assert_eq!(old[0].balance, -7);
}
