//! A new version takes the place of the old one, when it has come as far.

use std::num::NonZeroU32;

use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::{ParkedError, ProjectionState, QueryError, VersionError};
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore as _;
use eventsourcing::store::rows::ProjectionName;

use super::bank::{
    AccountEvent, AccountId, BalanceRow, Close, Move, Open, hasty, start, status, stop, transfer,
};
use super::changing::second;
use super::places::until;

const fn version(version: u32) -> NonZeroU32 {
    NonZeroU32::new(version).unwrap()
}

/// Which version people see.
async fn active(store: &MemoryStore) -> u32 {
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    let active = rows.active(&ProjectionName::from_static("balances")).await;
    active.unwrap().map_or(0, NonZeroU32::get)
}

async fn start_second(store: &MemoryStore) -> Runtime {
    let builder = second::Bank::builder(store.clone()).projection_policy(hasty());
    builder.start().await.unwrap()
}

#[tokio::test]
async fn a_new_version_is_active_when_it_has_come_to_the_end_and_an_older_one_does_not_come_back() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    transfer(&first, "a", "b", 3).await;
    first.settled().await.unwrap();
    assert_eq!(active(&store).await, 1);
    assert!(status(&first, "balances").is_active);

    let next = start_second(&store).await;
    next.settled().await.unwrap();
    assert_eq!(active(&store).await, 2);
    assert!(status(&next, "balances").is_active);

    stop(first).await;
    let first = start(&store).await;
    transfer(&first, "a", "b", 4).await;
    first.settled().await.unwrap();
    assert_eq!(active(&store).await, 2);
    assert!(!status(&first, "balances").is_active);
}

#[tokio::test]
async fn who_runs_a_version_for_nobody_does_not_make_it_active() {
    let store = MemoryStore::new();
    let writer = async || {
        let builder = second::Bank::builder(store.clone()).tenants([]);
        builder.start().await.unwrap()
    };
    let first_of_all = writer().await;
    assert_eq!(active(&store).await, 0);

    let first = start(&store).await;
    transfer(&first_of_all, "a", "b", 3).await;
    first.settled().await.unwrap();
    writer().await;
    assert_eq!(active(&store).await, 1, "its table is empty");
}

#[tokio::test]
async fn a_version_that_no_program_runs_any_more_is_dropped() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    transfer(&first, "a", "b", 3).await;
    first.settled().await.unwrap();
    stop(first.clone()).await;
    let next = start_second(&store).await;
    let versions = next.projections();
    let refused = versions.drop_version("balances", version(2)).await.unwrap_err();
    assert!(matches!(refused, VersionError::Running { .. }));
    versions.drop_version("balances", version(1)).await.unwrap();
    versions.drop_version("balances", version(1)).await.unwrap();

    let gone = first.rows::<BalanceRow>().all().await.unwrap_err();
    assert!(matches!(gone, QueryError::Store(_)), "{gone}");
    next.settled().await.unwrap();
    assert_eq!(next.rows::<second::BalanceRow>().all().await.unwrap().len(), 1);
}

mod third {
    use super::*;

    #[derive(Row, Debug, PartialEq)]
    #[row(table = "balances")]
    pub struct BalanceRow {
        #[key]
        pub account: AccountId,
        pub sent: i64,
    }

    #[derive(Default)]
    pub struct Balances;

    #[projection(name = "balances", version = 3, row = BalanceRow)]
    impl Balances {
        #[on(AccountEvent::Moved)]
        fn moved(
            &self,
            from: &AccountId,
            amount: &i64,
            rows: &mut Rows<BalanceRow>,
        ) -> Result<(), &'static str> {
            if *amount == 13 {
                return Err("13 brings bad luck");
            }
            rows.entry(from).sent += amount;
            Ok(())
        }
    }

    #[service(commands(Open, Move, Close), projections(Balances))]
    pub struct Bank;
}

/// The third version cannot deal with everything.
async fn start_third(store: &MemoryStore) -> Runtime {
    let builder = third::Bank::builder(store.clone()).projection_policy(hasty());
    let bank = builder.start().await.unwrap();
    assert!(bank.settled().await.is_err());
    bank
}

#[tokio::test(start_paused = true)]
async fn a_new_version_is_not_active_while_it_lacks_what_is_parked() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    transfer(&first, "a", "b", 13).await;
    first.settled().await.unwrap();

    let next = start_third(&store).await;
    assert_eq!(active(&store).await, 1);
    let event = status(&next, "balances").parked[0].first.event;
    let skip = next
        .projections()
        .skip(&TenantId::DEFAULT, "balances", event, "it is an old one");
    skip.await.unwrap();
    let done = transfer(&next, "a", "b", 1).await;
    next.wait_for::<third::Balances>(done).await.unwrap();
    assert_eq!(active(&store).await, 3);
}

#[tokio::test(start_paused = true)]
async fn who_stands_by_learns_that_a_version_lacks_nothing_any_more() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    transfer(&first, "a", "b", 13).await;
    first.settled().await.unwrap();

    let [next, other] = [start_third(&store).await, start_third(&store).await];
    let state = |bank| status(bank, "balances").state;
    until("one of them stands by", || {
        (state(&next), state(&other)) == (ProjectionState::Live, ProjectionState::Standby)
    })
    .await;
    let event = status(&next, "balances").parked[0].first.event;
    let skip = next
        .projections()
        .skip(&TenantId::DEFAULT, "balances", event, "it is an old one");
    skip.await.unwrap();
    until("both know", || {
        [&next, &other].map(|bank| status(bank, "balances").is_active) == [true; 2]
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_new_version_can_be_given_up_before_it_is_active() {
    let store = MemoryStore::new();
    let first = start(&store).await;
    transfer(&first, "a", "b", 13).await;
    first.settled().await.unwrap();
    let refused = first.projections().cancel("balances").await.unwrap_err();
    assert!(matches!(refused, VersionError::Active { .. }));

    let next = start_third(&store).await;
    next.projections().cancel("balances").await.unwrap();
    assert_eq!(active(&store).await, 1);
    let gone = next.rows::<third::BalanceRow>().all().await.unwrap_err();
    assert!(gone.to_string().ends_with("and does not run any more"), "{gone}");
    let gone = next.rows::<third::BalanceRow>().even_if_not_ready();
    let gone = gone.all().await.unwrap_err();
    assert!(matches!(gone, QueryError::Store(_)), "{gone}");
    let retried = next
        .projections()
        .retry(&TenantId::DEFAULT, "balances", "account-a")
        .await;
    assert!(matches!(retried, Err(ParkedError::Stopped { .. })));
    assert_eq!(status(&next, "balances").state, ProjectionState::Stopped);
    first.settled().await.unwrap();
}
