use std::num::NonZeroUsize;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::QueryError;
use eventsourcing::service::Runtime;

use super::bank::{BalanceRow, account, open, start, transfer};

const fn rows(rows: usize) -> NonZeroUsize {
    NonZeroUsize::new(rows).unwrap()
}

/// A bank with five accounts, of which two are as rich as each other.
async fn bank() -> Runtime {
    let bank = start(&MemoryStore::new()).await;
    for (name, amount) in [("a", 5), ("b", 3), ("c", 8), ("d", 3)] {
        transfer(&bank, "bank", name, amount).await;
    }
    open(&bank, "c", "Cem").await;
    bank.settled().await.unwrap();
    bank
}

fn names(rows: &[BalanceRow]) -> Vec<&str> {
    rows.iter().map(|row| row.account.0.as_str()).collect()
}

#[tokio::test]
async fn rows_are_sorted_by_their_keys() {
    let all = bank().await.rows::<BalanceRow>().all().await.unwrap();
    assert_eq!(names(&all), ["a", "b", "bank", "c", "d"]);
}

#[tokio::test]
async fn rows_are_found_by_what_they_are_like() {
    let bank = bank().await;
    let ask = || bank.rows::<BalanceRow>();
    let is = ask()
        .filter(BalanceRow::ACCOUNT.is(account("b")))
        .all()
        .await
        .unwrap();
    assert_eq!(names(&is), ["b"]);
    let between = ask()
        .filter(BalanceRow::BALANCE.above(0))
        .filter(BalanceRow::BALANCE.at_most(5))
        .filter(BalanceRow::ACCOUNT.is_not(account("d")));
    assert_eq!(names(&between.all().await.unwrap()), ["a", "b"]);
    let owned = ask().filter(BalanceRow::OWNER.is_not(None)).all().await.unwrap();
    assert_eq!(names(&owned), ["c"]);
    let some = ask()
        .filter(BalanceRow::ACCOUNT.one_of(["d", "nobody", "a"].map(account)))
        .filter(BalanceRow::BALANCE.below(5));
    assert_eq!(names(&some.all().await.unwrap()), ["d"]);
}

#[tokio::test]
async fn the_first_rows_in_an_order_are_returned_and_then_the_next_ones() {
    let bank = bank().await;
    let ask = || {
        bank.rows::<BalanceRow>()
            .order_by(BalanceRow::BALANCE.descending())
    };
    assert_eq!(names(&ask().limit(rows(2)).all().await.unwrap()), ["c", "a"]);
    assert_eq!(ask().first().await.unwrap().unwrap().account, account("c"));

    let first = ask().limit(rows(3)).page().await.unwrap();
    assert_eq!(names(&first.rows), ["c", "a", "b"]);
    let second = ask()
        .limit(rows(3))
        .after(first.next.unwrap())
        .page()
        .await
        .unwrap();
    assert_eq!(names(&second.rows), ["d", "bank"]);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn more_rows_than_are_read_at_once_are_all_returned() {
    let bank = start(&MemoryStore::new()).await;
    for number in 0..1_100 {
        open(&bank, &number.to_string(), "Ada").await;
    }
    bank.settled().await.unwrap();
    assert_eq!(bank.rows::<BalanceRow>().all().await.unwrap().len(), 1_100);
    let some = bank.rows::<BalanceRow>().limit(rows(1_050)).all().await.unwrap();
    assert_eq!(some.len(), 1_050);
}

#[derive(Row, Debug)]
#[row(table = "strangers")]
struct StrangerRow {
    #[key]
    name: String,
    age: u64,
}

#[tokio::test]
async fn a_question_that_has_no_answer_is_refused() {
    let bank = bank().await;
    let error = bank.rows::<StrangerRow>().get("Ada").await.unwrap_err();
    assert!(matches!(error, QueryError::NotProjected { .. }));
    let error = bank
        .rows::<StrangerRow>()
        .filter(StrangerRow::AGE.is(u64::MAX))
        .filter(StrangerRow::NAME.is("Ada".to_owned()))
        .all()
        .await
        .unwrap_err();
    assert!(matches!(error, QueryError::Invalid { .. }));
}
