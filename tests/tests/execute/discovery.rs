use eventsourcing::execute::{ExecuteError, InvalidCommand};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::ErrorClass;

use super::bank::{
    Account, AccountEvent, AccountId, BankError, NameFees, account, balance, deposit, withdraw,
};
use super::spy::Spy;
use super::stage::Stage;

const FEE: i64 = 1;

/// Moves money, and pays a fee to each account that fees are payable to: that of the payer, that of that one, and so
/// on.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Transferred), discovers(fees: AccountId, state = Account))]
pub struct TransferWithFees {
    #[stream(state = Account)]
    pub from: AccountId,
    #[stream(state = Account)]
    pub to: AccountId,
    pub amount: i64,
}

impl StreamResolver for TransferWithFees {
    fn discover(&self, state: &TransferWithFeesState, found: &mut TransferWithFeesFound) {
        let discovered = state.fees.iter().map(|(_, account)| account);
        for account in std::iter::once(&state.from).chain(discovered) {
            if let Some(fees) = &account.fees_payable_to {
                found.fees(fees.clone());
            }
        }
    }
}

impl CommandLogic for TransferWithFees {
    type Error = BankError;

    fn handle(&self, state: &TransferWithFeesState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let (balance, fees) = (state.from.balance, state.fees.iter().map(|_| FEE).sum::<i64>());
        require!(
            balance >= self.amount + fees,
            BankError::InsufficientFunds { balance }
        );
        let fees = state.fees.iter().map(|(account, _)| (account, FEE));
        for (to, amount) in std::iter::once((&self.to, self.amount)).chain(fees) {
            let (from, to) = (self.from.clone(), to.clone());
            emit!(cx, AccountEvent::Transferred { from, to, amount });
        }
        Ok(())
    }
}

pub fn transfer_with_fees(from: &str, to: &str, amount: i64) -> TransferWithFees {
    TransferWithFees {
        from: account(from),
        to: account(to),
        amount,
    }
}

pub fn fees(of: &str, payable_to: &str) -> NameFees {
    NameFees {
        account: account(of),
        payable_to: account(payable_to),
    }
}

#[tokio::test]
async fn streams_are_discovered_one_from_the_other_until_there_are_no_more() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    for (of, payable_to) in [("alice", "one"), ("one", "two"), ("two", "three")] {
        executor.execute(fees(of, payable_to)).await.unwrap();
    }

    let before = spy.reads().len();
    let done = executor
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap();
    assert_eq!((done.events().len(), done.attempts()), (4, 1));
    let reads: Vec<usize> = spy.reads()[before..].iter().map(Vec::len).collect();
    assert_eq!(reads, [2, 3, 4, 5], "each load is of all streams");
    assert_eq!(spy.last_checked().len(), 5, "and all are checked");
    for (name, expected) in [("alice", 67), ("bob", 30), ("one", 1), ("two", 1), ("three", 1)] {
        assert_eq!(balance(executor.store(), name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn discovery_ends_where_streams_refer_to_each_other() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    for (of, payable_to) in [("alice", "one"), ("one", "two"), ("two", "one")] {
        executor.execute(fees(of, payable_to)).await.unwrap();
    }
    executor
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap();
    assert_eq!(balance(executor.store(), "one").await, 1);
    assert_eq!(balance(executor.store(), "two").await, 1);
}

#[tokio::test]
async fn a_discovered_stream_that_is_a_field_too_is_read_once_more_and_checked_once() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(fees("alice", "bob")).await.unwrap();

    executor
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap();
    assert_eq!(balance(executor.store(), "bob").await, 31);
    assert_eq!(spy.last_checked(), ["account-alice", "account-bob"]);
}

#[tokio::test]
async fn more_streams_than_allowed_are_a_typed_error() {
    let executor = Executor::builder(MemoryStore::new()).max_streams(3).build();
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(fees("alice", "one")).await.unwrap();
    executor
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap();

    executor.execute(fees("one", "two")).await.unwrap();
    let error = executor
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(matches!(
        error,
        ExecuteError::Invalid(InvalidCommand::TooManyStreams { found: 4, limit: 3 })
    ));
}

#[tokio::test(start_paused = true)]
async fn after_a_conflict_only_what_is_discovered_now_counts() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::on(stage.clone());
    ours.execute(deposit("alice", 100)).await.unwrap();
    ours.execute(fees("alice", "old")).await.unwrap();

    stage.meanwhile(async move { theirs.execute(fees("alice", "new")).await.unwrap() });
    let done = ours
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap();
    assert_eq!(done.attempts(), 2);
    assert_eq!(balance(&stage, "old").await, 0);
    assert_eq!(balance(&stage, "new").await, 1);
    assert_eq!(
        spy.last_checked(),
        ["account-alice", "account-bob", "account-new"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_changes_between_two_loads_is_seen_by_the_decision() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    ours.execute(deposit("alice", 100)).await.unwrap();
    ours.execute(fees("alice", "one")).await.unwrap();

    stage.on_read(|log, read| async move { log.read_streams(&read).await });
    stage.on_read(|log, read| async move {
        theirs.execute(withdraw("alice", 80)).await.unwrap();
        log.read_streams(&read).await
    });
    let error = ours
        .execute(transfer_with_fees("alice", "bob", 30))
        .await
        .unwrap_err();
    assert_eq!(
        error.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 20 })
    );
}

#[tokio::test(start_paused = true)]
async fn commands_that_discover_each_others_streams_do_not_block_each_other() {
    let executor = Executor::new(Stage::slow());
    for (of, payable_to) in [("alice", "zoe"), ("zoe", "alice")] {
        executor.execute(deposit(of, 100)).await.unwrap();
        executor.execute(fees(of, payable_to)).await.unwrap();
    }
    // Each holds the place that the other one discovers.
    let (upwards, downwards) = tokio::join!(
        executor.execute(transfer_with_fees("alice", "bob", 10)),
        executor.execute(transfer_with_fees("zoe", "carol", 20)),
    );
    assert_eq!(
        (upwards.unwrap().attempts(), downwards.unwrap().attempts()),
        (1, 1)
    );
    assert_eq!(balance(executor.store(), "alice").await, 100 - 10 - 1 + 1);
    assert_eq!(balance(executor.store(), "zoe").await, 100 - 20 - 1 + 1);
}

/// One state for all that it has discovered.
#[derive(Clone, Debug, Default)]
struct Family {
    total: i64,
    events: u32,
    named: Vec<AccountId>,
}

impl State for Family {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        self.events += 1;
        match event.payload() {
            AccountEvent::Deposited { amount, .. } => self.total += amount,
            AccountEvent::Withdrawn { amount, .. } => self.total -= amount,
            AccountEvent::Transferred { .. } => {}
            AccountEvent::FeesNamed { payable_to, .. } => self.named.push(payable_to.clone()),
        }
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{total} from {events} events")]
struct Counted {
    total: i64,
    events: u32,
}

#[derive(Command)]
#[command(state = Family, discovers(named: AccountId, read))]
struct CountFamily {
    #[stream]
    head: AccountId,
}

impl StreamResolver for CountFamily {
    fn discover(&self, state: &Family, found: &mut CountFamilyFound) {
        for account in &state.named {
            found.named(account.clone());
        }
    }
}

impl CommandLogic for CountFamily {
    type Error = Counted;

    fn handle(&self, state: &Family, _: &mut Decide<Self>) -> Result<(), Counted> {
        Err(Counted {
            total: state.total,
            events: state.events,
        })
    }
}

#[tokio::test]
async fn a_state_of_its_own_is_folded_anew_over_all_that_was_discovered() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("head", 1)).await.unwrap();
    executor.execute(fees("head", "child")).await.unwrap();
    executor.execute(deposit("child", 10)).await.unwrap();
    executor.execute(fees("child", "head")).await.unwrap();

    let error = executor
        .execute(CountFamily {
            head: account("head"),
        })
        .await
        .unwrap_err();
    assert_eq!(error.into_rejection(), Some(Counted { total: 11, events: 4 }));
}
