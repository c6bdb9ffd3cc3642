//! What a process knows of events that are parked, while another one fills the table.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::prelude::*;
use eventsourcing::projection::{LeasePolicy, ProjectionState};
use eventsourcing::query::Followed;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use tokio::time::timeout;

use super::bank::{AccountId, account, hasty, status, stop};
use super::ledger::{Books, EntryRow, Ledger, Poison, parked, pay, retry, skip};
use super::places::{Place, on_every_store, until};

/// What went out of an account.
#[derive(Query, Clone, Serialize, Deserialize)]
#[query(result = Vec<i64>, of(Ledger))]
struct EntriesOf {
    account: AccountId,
}

impl QueryLogic for EntriesOf {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<i64>, NoAnswer> {
        let row = read.rows::<EntryRow>().get(&self.account).await?;
        Ok(row.map(|row| row.amounts).unwrap_or_default())
    }
}

async fn start(store: Arc<dyn EventStore>, poison: &Poison) -> Runtime {
    let poison = poison.clone();
    let builder = Books::builder(store).projection(Ledger { poison });
    let leases = LeasePolicy::default().with_ttl(Duration::from_secs(2));
    let builder = builder.projection_policy(hasty()).lease_policy(leases);
    builder.start().await.unwrap()
}

async fn until_it_is(books: &Runtime, state: ProjectionState) {
    until("it has come to that", || status(books, "ledger").state == state).await;
}

/// One process that fills the table, and has parked two of three payments of Ann; and another one that stands by and knows of it.
async fn with_parked_events(place: &Place, poison: &Poison) -> [Runtime; 2] {
    let first = start(place.open().await, poison).await;
    until_it_is(&first, ProjectionState::Live).await;
    let second = start(place.open().await, poison).await;
    until_it_is(&second, ProjectionState::Standby).await;
    let last = pay(&first, &[("ann", 1), ("ann", 13), ("ann", 2)]).await;
    second.wait_for::<Ledger>(last).await.unwrap_err();
    until("it is known what is parked", || {
        status(&second, "ledger").parked_events == 2
    })
    .await;
    [first, second]
}

async fn follow(books: &Runtime) -> Followed<EntriesOf> {
    let account = account("ann");
    books.follow(EntriesOf { account }).await.unwrap()
}

async fn until_told(followed: &mut Followed<EntriesOf>, entries: &[i64]) {
    let told = async { while *followed.next().await.unwrap() != entries {} };
    timeout(Duration::from_secs(30), told).await.unwrap();
}

async fn who_follows_a_query_is_told_what_was_retried_elsewhere(place: Place) {
    let poison = Poison::of([13]);
    let [first, second] = with_parked_events(&place, &poison).await;
    let mut followed = follow(&second).await;
    until_told(&mut followed, &[1]).await;
    poison.mend(13);
    retry(&first, "account-ann").await.unwrap();
    until_told(&mut followed, &[1, 13, 2]).await;
    assert_eq!(status(&second, "ledger").parked_events, 0);
    for books in [first, second] {
        stop(books).await;
    }
}

async fn who_follows_a_query_is_told_what_was_skipped_elsewhere(place: Place) {
    let poison = Poison::of([13]);
    let [first, second] = with_parked_events(&place, &poison).await;
    let mut followed = follow(&second).await;
    until_told(&mut followed, &[1]).await;
    skip(&first, &parked(&first).await[0]).await.unwrap();
    until_told(&mut followed, &[1, 2]).await;
    assert_eq!(status(&second, "ledger").parked_events, 0);
    for books in [first, second] {
        stop(books).await;
    }
}

on_every_store! {
    who_follows_a_query_is_told_what_was_retried_elsewhere,
    who_follows_a_query_is_told_what_was_skipped_elsewhere,
}

/// The heir has not looked since.
#[tokio::test(start_paused = true)]
async fn who_takes_over_tells_what_was_retried_before() {
    let poison = Poison::of([13]);
    let place = Place::memory();
    let [first, second] = with_parked_events(&place, &poison).await;
    let mut followed = follow(&second).await;
    until_told(&mut followed, &[1]).await;
    poison.mend(13);
    retry(&first, "account-ann").await.unwrap();
    stop(first).await;
    until_it_is(&second, ProjectionState::Live).await;
    until_told(&mut followed, &[1, 13, 2]).await;
    stop(second).await;
}
