//! What commands have folded is kept for later ones. Nobody can tell, except by what is read.

use eventsourcing::execute::ExecutorBuilder;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::snapshot::SnapshotPolicy;
use eventsourcing::store::{DictionarySize, StreamSlice, StreamsRead};
use eventsourcing::{RecordedEvent, TenantId};
use proptest::collection::vec;
use proptest::prelude::*;

use super::bank::{
    Account, AccountEvent, AccountId, BankError, Noted, account, balance, deposit, note, transfer, withdraw,
};
use super::discovery::{fees, transfer_with_fees};
use super::spy::Spy;
use super::stage::Stage;

#[tokio::test]
async fn a_command_reads_only_what_is_new_since_the_last_one() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(withdraw("alice", 10)).await.unwrap();
    executor.execute(transfer("alice", "bob", 10)).await.unwrap();
    executor.execute(transfer("bob", "alice", 5)).await.unwrap();
    assert_eq!(
        spy.reads(),
        [
            vec!["account-alice after 0"],
            vec!["account-alice after 2", "account-bob after 0"],
        ],
        "the second withdrawal and the second transfer find all that they need"
    );
    assert_eq!(balance(executor.store(), "alice").await, 85);
}

#[tokio::test]
async fn where_others_append_too_a_command_reads() {
    let store = MemoryStore::new();
    let (ours, spy) = Spy::on(store.clone());
    let theirs = Executor::new(store);
    ours.execute(deposit("alice", 100)).await.unwrap();
    for _ in 0..3 {
        theirs.execute(withdraw("alice", 1)).await.unwrap();
        ours.execute(withdraw("alice", 10)).await.unwrap();
    }
    assert_eq!(spy.reads().len(), 3, "one for each of ours");
    ours.execute(withdraw("alice", 10)).await.unwrap();
    assert_eq!(spy.reads().len(), 4);
    ours.execute(withdraw("alice", 10)).await.unwrap();
    assert_eq!(spy.reads().len(), 4, "they seem to have gone");
    assert_eq!(balance(ours.store(), "alice").await, 47);
}

#[tokio::test]
async fn a_discovered_stream_too_is_read_from_where_it_was_left() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(deposit("fees", 1)).await.unwrap();
    executor.execute(fees("alice", "fees")).await.unwrap();
    for _ in 0..2 {
        executor
            .execute(transfer_with_fees("alice", "bob", 10))
            .await
            .unwrap();
    }
    assert_eq!(
        spy.reads().last().unwrap(),
        &[
            "account-alice after 4",
            "account-bob after 1",
            "account-fees after 2"
        ]
    );
}

#[tokio::test]
async fn without_a_cache_streams_are_read_from_their_start() {
    let (executor, spy) = Spy::with(MemoryStore::new(), |builder| builder.state_cache(0));
    executor.execute(deposit("alice", 100)).await.unwrap();
    for _ in 0..2 {
        executor.execute(withdraw("alice", 10)).await.unwrap();
    }
    assert_eq!(spy.reads(), [["account-alice after 0"]; 2]);
}

#[tokio::test]
async fn a_refusal_takes_into_account_what_others_have_just_done() {
    let store = MemoryStore::new();
    let [ours, theirs] = [Executor::new(store.clone()), Executor::new(store)];
    ours.execute(deposit("alice", 100)).await.unwrap();
    ours.execute(withdraw("alice", 10)).await.unwrap();

    theirs.execute(withdraw("alice", 60)).await.unwrap();
    let refused = ours.execute(withdraw("alice", 40)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 30 })
    );
    theirs.execute(deposit("alice", 10)).await.unwrap();
    ours.execute(withdraw("alice", 40)).await.unwrap();
}

#[tokio::test]
async fn tenants_do_not_see_the_states_of_each_other() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(withdraw("alice", 10)).await.unwrap();

    let theirs = executor
        .execute(withdraw("alice", 10))
        .tenant(TenantId::new("other").unwrap());
    let refused = theirs.await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 0 })
    );
}

#[tokio::test(start_paused = true)]
async fn if_the_store_has_lost_events_nothing_is_decided_on_them() {
    let stage = Stage::default();
    let (executor, spy) = Spy::on(stage.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();
    for _ in 0..2 {
        executor.execute(withdraw("alice", 10)).await.unwrap();
    }

    stage.on_read(|_, read| async move {
        Ok(StreamsRead {
            slices: vec![StreamSlice::default(); read.streams.len()],
            repeated: None,
            dictionary: DictionarySize::default(),
        })
    });
    let refused = executor.execute(withdraw("alice", 1_000)).await.unwrap_err();
    assert_eq!(
        refused.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 80 })
    );
    assert_eq!(spy.reads().last().unwrap(), &["account-alice after 0"]);
}

/// Tells what it has seen, by refusing to do anything.
#[derive(Command)]
#[command(emits(AccountEvent))]
struct Look {
    #[stream(read, state = Account)]
    accounts: Vec<AccountId>,
}

#[derive(Debug, thiserror::Error)]
#[error("seen: {0:?}")]
struct Seen(Vec<(AccountId, Account)>);

impl CommandLogic for Look {
    type Error = Seen;

    fn handle(&self, state: &LookState, _: &mut Decide<Self>) -> Result<(), Seen> {
        Err(Seen(state.accounts.clone()))
    }
}

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dan"];

#[derive(Clone, Copy, Debug)]
enum Step {
    Deposit(usize, i64),
    Withdraw(usize, i64),
    Transfer(usize, usize, i64),
    TransferWithFees(usize, usize, i64),
    NameFees(usize, usize),
    Note(usize),
    Look,
}

impl Step {
    /// Does it, and tells what came of it.
    async fn on(self, executor: &Executor) -> String {
        match self {
            Self::Deposit(to, amount) => outcome(executor, deposit(NAMES[to], amount)).await,
            Self::Withdraw(from, amount) => outcome(executor, withdraw(NAMES[from], amount)).await,
            Self::Transfer(from, to, amount) => {
                outcome(executor, transfer(NAMES[from], NAMES[to], amount)).await
            }
            Self::TransferWithFees(from, to, amount) => {
                outcome(executor, transfer_with_fees(NAMES[from], NAMES[to], amount)).await
            }
            Self::NameFees(of, payable_to) => outcome(executor, fees(NAMES[of], NAMES[payable_to])).await,
            Self::Note(on) => outcome(executor, note(NAMES[on], "seen")).await,
            Self::Look => {
                let accounts = NAMES.map(account).into();
                outcome(executor, Look { accounts }).await
            }
        }
    }
}

async fn outcome<C: CommandLogic>(executor: &Executor, command: C) -> String {
    let stored = |event: &RecordedEvent| format!("{} {:?} {:?}", event.event_type, event.home, event.payload);
    match executor.execute(command).await {
        Ok(done) => done.events().iter().map(|event| stored(event)).collect(),
        Err(error) => format!("{:?}", error.into_rejection().unwrap()),
    }
}

fn step() -> impl Strategy<Value = Step> {
    let (name, amount) = (|| 0..NAMES.len(), || 1..50_i64);
    prop_oneof![
        2 => (name(), amount()).prop_map(|(to, amount)| Step::Deposit(to, amount * 2)),
        1 => (name(), amount()).prop_map(|(from, amount)| Step::Withdraw(from, amount)),
        3 => (name(), name(), amount()).prop_map(|(from, to, amount)| Step::Transfer(from, to, amount)),
        2 => (name(), name(), amount()).prop_map(|(from, to, amount)| Step::TransferWithFees(from, to, amount)),
        1 => (name(), name()).prop_map(|(of, payable_to)| Step::NameFees(of, payable_to)),
        1 => name().prop_map(Step::Note),
        2 => Just(Step::Look),
    ]
}

/// What comes of a history whose commands are shared out among two executors of one store.
fn outcomes(history: &[(bool, Step)], tell: impl Fn(ExecutorBuilder) -> ExecutorBuilder) -> Vec<String> {
    let store = MemoryStore::new();
    let builder = || Executor::builder(store.clone()).events::<Noted>();
    let executors = [(); 2].map(|()| tell(builder()).build());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(async {
        let mut outcomes = Vec::new();
        for (other, step) in history {
            outcomes.push(step.on(&executors[usize::from(*other)]).await);
            // Snapshots that are to be taken are written now.
            tokio::task::yield_now().await;
        }
        outcomes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_and_without_a_cache_commands_decide_the_same(history in vec((any::<bool>(), step()), 0..60)) {
        let without = outcomes(&history, |builder| builder.state_cache(0));
        prop_assert_eq!(&outcomes(&history, |builder| builder), &without);
        let small = outcomes(&history, |builder| builder.state_cache(1_000));
        prop_assert_eq!(&small, &without);
    }

    #[test]
    fn with_and_without_snapshots_commands_decide_the_same(
        history in vec((any::<bool>(), step()), 0..60),
        every in 1..5_u64,
    ) {
        let without = outcomes(&history, |builder| builder.snapshots(SnapshotPolicy::never()));
        let alone = outcomes(&history, |builder| {
            builder
                .state_cache(0)
                .snapshots(SnapshotPolicy::every(every).verify_share(0.0))
        });
        prop_assert_eq!(&alone, &without);
        let small = outcomes(&history, |builder| {
            builder
                .state_cache(1_000)
                .snapshots(SnapshotPolicy::every(2).verify_share(0.5))
        });
        prop_assert_eq!(&small, &without);
    }
}
