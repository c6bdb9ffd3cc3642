//! A program that is started anew goes on from snapshots, and nobody can tell, except by what is read.

use std::num::NonZeroU32;
use std::sync::Arc;

use eventsourcing::execute::{Bug, ExecuteError, ExecutorBuilder};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::snapshot::SnapshotPolicy;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::{
    EventStore, ForgetSnapshots, Snapshot, SnapshotKey, SnapshotStore, StateFingerprint,
};
use eventsourcing::testing::scenario;
use eventsourcing::{ContentType, TenantId};

use super::bank::{
    Account, AccountEvent, AccountId, BankError, account, balance, deposit, transfer, withdraw,
};
use super::spy::Spy;

/// Snapshots after every second version, none of which is put on trial.
fn every_second(builder: ExecutorBuilder) -> ExecutorBuilder {
    builder.snapshots(SnapshotPolicy::every(2).verify_share(0.0))
}

fn all_on_trial(builder: ExecutorBuilder) -> ExecutorBuilder {
    builder.snapshots(SnapshotPolicy::every(2).verify_share(1.0))
}

/// Waits until all snapshots are written that are to be.
async fn written(executor: &Executor) {
    while executor.snapshot_counts().waiting > 0 {
        tokio::task::yield_now().await;
    }
}

fn snapshots(store: &impl EventStore) -> Arc<dyn SnapshotStore> {
    store.tenant(&TenantId::DEFAULT).snapshots
}

/// What the snapshots of an account are found by.
fn key(name: &str) -> SnapshotKey {
    let known_as = Account::SNAPSHOTS.unwrap();
    SnapshotKey {
        stream: account(name).to_stream_id().unwrap(),
        state: known_as.name().into(),
        version: known_as.version(),
        fingerprint: known_as.fingerprint(),
    }
}

async fn saved(store: &impl EventStore, name: &str) -> Option<Snapshot> {
    let mut found = snapshots(store).load(&[key(name)]).await.unwrap();
    found.remove(0).map(|saved| saved.snapshot)
}

/// Puts a snapshot in the place of the one of this version.
async fn replace(store: &impl EventStore, name: &str, payload: &'static str) {
    let saved = saved(store, name).await.unwrap();
    let other = Snapshot::new(saved.key, saved.at, ContentType::JSON, payload);
    snapshots(store).save(&other, NonZeroU32::MIN).await.unwrap();
}

/// Alice gets 100, and pays 10 to Bob, twice; both accounts have a snapshot of their second version.
async fn filled(store: impl EventStore + Clone) {
    let first = every_second(Executor::builder(store)).build();
    first.execute(deposit("alice", 100)).await.unwrap();
    for _ in 0..2 {
        first.execute(transfer("alice", "bob", 10)).await.unwrap();
    }
    let refused = first.execute(withdraw("alice", 1_000)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 80 })
    );
    written(&first).await;
    assert_eq!(first.snapshot_counts().taken, 2);
}

#[tokio::test]
async fn a_program_that_is_started_anew_reads_what_came_after_the_last_snapshot() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    assert_eq!(saved(&store, "alice").await.unwrap().at.get(), 2);

    let (next, spy) = Spy::with(store.clone(), every_second);
    next.execute(transfer("alice", "bob", 80)).await.unwrap();
    assert_eq!(spy.reads(), [["account-alice after 2", "account-bob after 2"]]);
    let refused = next.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 0 })
    );
    assert_eq!(next.snapshot_counts().used, 2);
}

#[tokio::test]
async fn snapshots_are_there_after_a_restart_of_the_store_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank.db");
    let store = SqliteStore::open(&path).await.unwrap();
    filled(store.clone()).await;
    store.close().await;

    let store = SqliteStore::open(&path).await.unwrap();
    let (next, spy) = Spy::with(store.clone(), every_second);
    next.execute(withdraw("alice", 80)).await.unwrap();
    assert_eq!(spy.reads(), [["account-alice after 2"]]);
    assert_eq!(balance(&store, "alice").await, 0);
}

#[tokio::test]
async fn a_decision_on_a_snapshot_sees_what_others_did_since() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    let others = Executor::builder(store.clone())
        .snapshots(SnapshotPolicy::never())
        .build();
    others.execute(withdraw("alice", 75)).await.unwrap();

    let next = every_second(Executor::builder(store)).build();
    let refused = next.execute(transfer("alice", "bob", 6)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 5 })
    );
}

#[tokio::test]
async fn a_broken_snapshot_is_passed_over_and_replaced() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    replace(&store, "alice", r#"{"balance":"a fortune"}"#).await;

    let next = every_second(Executor::builder(store.clone())).build();
    next.execute(withdraw("alice", 80)).await.unwrap();
    written(&next).await;
    let counts = next.snapshot_counts();
    assert_eq!((counts.unusable, counts.used, counts.taken), (1, 0, 1));
    let mended = saved(&store, "alice").await.unwrap();
    assert_eq!(mended.at.get(), 3);
    let state: Account = serde_json::from_slice(&mended.payload).unwrap();
    assert_eq!((state.balance, state.events), (80, 3));
}

#[tokio::test]
async fn a_snapshot_that_does_not_hold_is_found_out_on_trial_and_no_other_is_trusted() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    replace(
        &store,
        "alice",
        r#"{"balance":1000,"events":2,"fees_payable_to":null}"#,
    )
    .await;

    let (next, spy) = Spy::with(store.clone(), all_on_trial);
    let refused = next.execute(withdraw("alice", 81)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 80 })
    );
    assert_eq!(spy.reads(), [["account-alice after 0"]]);
    written(&next).await;
    assert_eq!(next.snapshot_counts().differed, 1);
    assert_eq!(saved(&store, "alice").await, None, "it is forgotten");
    for _ in 0..5 {
        next.execute(transfer("alice", "bob", 1)).await.unwrap();
    }
    written(&next).await;
    assert_eq!(next.snapshot_counts().taken, 0, "and none is taken");
}

#[tokio::test]
async fn on_trial_a_snapshot_that_holds_changes_nothing() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    let next = all_on_trial(Executor::builder(store)).build();
    next.execute(withdraw("alice", 80)).await.unwrap();
    let counts = next.snapshot_counts();
    assert_eq!((counts.verified, counts.differed, counts.used), (1, 0, 0));
}

#[tokio::test]
async fn a_snapshot_of_other_code_is_not_found() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    let of_us = saved(&store, "alice").await.unwrap();
    let of_others = SnapshotKey {
        fingerprint: StateFingerprint(of_us.key.fingerprint.0 ^ 1),
        ..of_us.key.clone()
    };
    snapshots(&store)
        .forget(&ForgetSnapshots::OfState("account".into()))
        .await
        .unwrap();
    let wrong = Snapshot::new(of_others, of_us.at, ContentType::JSON, r#"{"balance":1000}"#);
    snapshots(&store).save(&wrong, NonZeroU32::MIN).await.unwrap();

    let (next, spy) = Spy::with(store, every_second);
    next.execute(withdraw("alice", 81)).await.unwrap_err();
    assert_eq!(spy.reads(), [["account-alice after 0"]]);
    assert_eq!(next.snapshot_counts().unusable, 0);
}

#[tokio::test]
async fn tenants_have_snapshots_of_their_own() {
    let store = MemoryStore::new();
    filled(store.clone()).await;
    let next = every_second(Executor::builder(store)).build();
    let theirs = next
        .execute(withdraw("alice", 1))
        .tenant(TenantId::new("other").unwrap());
    let refused = theirs.await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 0 })
    );
}

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "counter")]
pub struct CounterId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "counter")]
pub enum CounterEvent {
    Raised { by: u32 },
}

/// An aggregate whose state has snapshots, under the name of its category.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    total: u32,
}

#[aggregate(id = CounterId, event = CounterEvent, state_version = 3)]
impl Counter {
    #[command]
    pub fn raise(&self, by: u32) -> Result<CounterEvent, Rejection> {
        require!(self.total + by <= 10, Rejection::new("the counter is full"));
        Ok(CounterEvent::Raised { by })
    }

    #[apply]
    fn raised(&mut self, by: &u32) {
        self.total += by;
    }
}

#[tokio::test]
async fn aggregates_have_snapshots_too() {
    let store = MemoryStore::new();
    let first = every_second(Executor::builder(store.clone())).build();
    let raise = |by| Raise::new(CounterId("a".into()), by);
    for _ in 0..3 {
        first.execute(raise(3)).await.unwrap();
    }
    written(&first).await;

    let (next, spy) = Spy::with(store, every_second);
    next.execute(raise(2)).await.unwrap_err();
    next.execute(raise(1)).await.unwrap();
    assert_eq!(spy.reads()[0], ["counter-a after 2"]);
    let known_as = Counter::SNAPSHOTS.unwrap();
    assert_eq!((known_as.name(), known_as.version().get()), ("counter", 3));
}

/// A state of which serde writes only a part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Forgetful {
    last: i64,
    #[serde(skip)]
    sum: i64,
}

#[state(name = "forgetful", version = 1)]
impl State for Forgetful {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        if let AccountEvent::Deposited { amount, .. } = event.payload() {
            self.sum += amount;
            self.last = self.sum;
        }
    }
}

#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
struct Empty {
    #[stream(state = Forgetful)]
    account: AccountId,
}

impl CommandLogic for Empty {
    type Error = BankError;

    fn handle(&self, state: &EmptyState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.account.clone(),
                amount: state.account.last
            }
        );
        Ok(())
    }
}

fn deposited(amount: i64) -> AccountEvent {
    AccountEvent::Deposited {
        account: account("alice"),
        amount,
    }
}

#[test]
fn a_scenario_goes_on_from_a_snapshot_and_finds_out_what_serde_forgets() {
    let empty = || Empty {
        account: account("alice"),
    };
    scenario()
        .given([deposited(1)])
        .when(empty())
        .then([AccountEvent::Withdrawn {
            account: account("alice"),
            amount: 1,
        }]);
    let error = scenario()
        .given([deposited(1), deposited(2)])
        .when(empty())
        .result()
        .unwrap_err();
    assert!(
        matches!(
            error,
            ExecuteError::Bug(Bug::SnapshotDiffers { state: "forgetful" })
        ),
        "{error:?}"
    );
}
