use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;

use super::bank::{
    Account, AccountEvent, AccountId, BankError, Notes, Rules, RulesId, SetLimit, account, balance, deposit,
    note, rules, stored, transfer,
};
use super::spy::Spy;

/// Tells what it has seen, by refusing to do anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("seen: {0:?}")]
pub struct Seen<T: std::fmt::Debug>(pub T);

async fn seen<C, T>(executor: &Executor, command: C) -> T
where
    C: CommandLogic<Error = Seen<T>>,
    T: std::fmt::Debug + Send + Sync + 'static,
{
    let error = executor.execute(command).await.unwrap_err();
    error.into_rejection().unwrap().0
}

#[tokio::test]
async fn a_transfer_is_one_event_in_two_accounts() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    let done = executor.execute(transfer("alice", "bob", 30)).await.unwrap();

    let [event] = done.events() else {
        panic!("one event")
    };
    assert_eq!(event.home.stream, "account-alice");
    assert_eq!(event.links[0].stream, "account-bob");
    assert_eq!(done.version_of(&event.home.stream), Some(Version::new(2)));
    assert_eq!(done.version_of(&event.links[0].stream), Some(Version::FIRST));
    assert_eq!(done.position(), event.position);
    assert_eq!((done.attempts(), done.is_repeated()), (1, false));

    let [typed] = &done.events_of::<AccountEvent>().unwrap()[..] else {
        panic!("one event")
    };
    let (from, to) = (account("alice"), account("bob"));
    assert_eq!(
        typed.payload(),
        &AccountEvent::Transferred { from, to, amount: 30 }
    );
    assert_eq!(balance(executor.store(), "alice").await, 70);
    assert_eq!(balance(executor.store(), "bob").await, 30);
}

#[tokio::test]
async fn a_transfer_to_oneself_reads_the_account_once_and_is_stored_in_it_once() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    let done = executor.execute(transfer("alice", "alice", 30)).await.unwrap();

    assert_eq!(spy.reads().last().unwrap(), &["account-alice after 0"]);
    assert!(done.events()[0].links.is_empty());
    assert_eq!(stored(executor.store(), "alice").await.head, Version::new(2));
    assert_eq!(balance(executor.store(), "alice").await, 100);
}

#[derive(Command)]
#[command(emits(AccountEvent))]
struct LookAtTwo {
    #[stream(read, state = Account)]
    left: AccountId,
    #[stream(read, state = Account)]
    right: AccountId,
}

impl CommandLogic for LookAtTwo {
    type Error = Seen<(Account, Account)>;

    fn handle(&self, state: &LookAtTwoState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Err(Seen((state.left.clone(), state.right.clone())))
    }
}

#[tokio::test]
async fn two_fields_that_name_one_account_both_see_all_of_it() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(transfer("alice", "alice", 30)).await.unwrap();

    let (left, right) = seen(
        &executor,
        LookAtTwo {
            left: account("alice"),
            right: account("alice"),
        },
    )
    .await;
    assert_eq!((left.balance, left.events), (100, 2));
    assert_eq!(left, right);
}

#[tokio::test]
async fn an_event_in_two_accounts_is_folded_once_into_each() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(transfer("alice", "bob", 30)).await.unwrap();

    let (left, right) = seen(
        &executor,
        LookAtTwo {
            left: account("alice"),
            right: account("bob"),
        },
    )
    .await;
    assert_eq!((left.balance, left.events), (70, 2));
    assert_eq!((right.balance, right.events), (30, 1));
}

/// What happened to all the accounts of a command, in commit order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Journal(Vec<(String, i64)>);

impl State for Journal {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        let amount = match event.payload() {
            AccountEvent::Deposited { amount, .. }
            | AccountEvent::Withdrawn { amount, .. }
            | AccountEvent::Transferred { amount, .. } => *amount,
            AccountEvent::FeesNamed { .. } => 0,
        };
        self.0.push((me.0.clone(), amount));
    }
}

#[derive(Command)]
#[command(state = Journal)]
struct LookAtJournal {
    #[stream]
    first: AccountId,
    #[stream(read)]
    others: Vec<AccountId>,
}

impl CommandLogic for LookAtJournal {
    type Error = Seen<Journal>;

    fn handle(&self, state: &Journal, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Err(Seen(state.clone()))
    }
}

#[tokio::test]
async fn a_state_of_its_own_folds_all_streams_in_commit_order_and_each_event_once() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("bob", 1)).await.unwrap();
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(deposit("bob", 2)).await.unwrap();
    executor.execute(transfer("alice", "bob", 30)).await.unwrap();
    executor.execute(deposit("alice", 3)).await.unwrap();

    let both = LookAtJournal {
        first: account("bob"),
        others: vec![account("alice"), account("bob")],
    };
    let Journal(lines) = seen(&executor, both).await;
    let lines: Vec<_> = lines
        .iter()
        .map(|(account, amount)| (account.as_str(), *amount))
        .collect();
    assert_eq!(
        lines,
        [
            ("bob", 1),
            ("alice", 100),
            ("bob", 2),
            ("alice", 30),
            ("alice", 3)
        ]
    );
}

#[derive(Command)]
#[command(emits(AccountEvent))]
struct LookAtAllKinds {
    #[stream(read, state = Account)]
    maybe: Option<AccountId>,
    #[stream(read, state = Account)]
    many: Vec<AccountId>,
    #[stream(read)]
    any: StreamId,
}

impl CommandLogic for LookAtAllKinds {
    type Error = Seen<(Option<i64>, Vec<(AccountId, i64)>, Version)>;

    fn handle(&self, state: &LookAtAllKindsState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        let maybe = state.maybe.as_ref().map(|account| account.balance);
        let many = state
            .many
            .iter()
            .map(|(key, account)| (key.clone(), account.balance));
        Err(Seen((maybe, many.collect(), state.any)))
    }
}

#[tokio::test]
async fn optional_repeated_and_untyped_streams_are_read_as_they_are_given() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 1)).await.unwrap();
    executor.execute(deposit("bob", 2)).await.unwrap();
    executor.execute(deposit("bob", 20)).await.unwrap();

    let full = LookAtAllKinds {
        maybe: Some(account("alice")),
        many: vec![account("bob"), account("carol"), account("alice")],
        any: account("bob").to_stream_id().unwrap(),
    };
    let (maybe, many, any) = seen(&executor, full).await;
    assert_eq!(maybe, Some(1));
    assert_eq!(
        many,
        [(account("bob"), 22), (account("carol"), 0), (account("alice"), 1)]
    );
    assert_eq!(any, Version::new(2));

    let bare = LookAtAllKinds {
        maybe: None,
        many: Vec::new(),
        any: StreamId::new("nowhere").unwrap(),
    };
    assert_eq!(seen(&executor, bare).await, (None, Vec::new(), Version::ABSENT));
}

#[derive(Command)]
#[command(emits(AccountEvent))]
struct LookAtBalanceAndNotes {
    #[stream(read, state = Account)]
    account: AccountId,
    #[stream(read, state = Notes)]
    notes: AccountId,
}

impl CommandLogic for LookAtBalanceAndNotes {
    type Error = Seen<(Account, Notes)>;

    fn handle(&self, state: &LookAtBalanceAndNotesState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Err(Seen((state.account.clone(), state.notes.clone())))
    }
}

#[tokio::test]
async fn two_states_of_one_stream_fold_each_its_own_events() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor.execute(note("alice", "a good customer")).await.unwrap();

    let both = LookAtBalanceAndNotes {
        account: account("alice"),
        notes: account("alice"),
    };
    let (account, notes) = seen(&executor, both).await;
    assert_eq!((account.balance, account.events), (100, 1));
    assert_eq!(notes.texts, ["a good customer"]);
    assert_eq!(spy.reads().last().unwrap().len(), 1);
}

/// Different states over different event enums mix.
#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
struct WithdrawWithinLimit {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read, state = Rules)]
    rules: RulesId,
    amount: i64,
}

impl CommandLogic for WithdrawWithinLimit {
    type Error = BankError;

    fn handle(&self, state: &WithdrawWithinLimitState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        if let Some(limit) = state.rules.limit {
            require!(self.amount <= limit, BankError::OverLimit { limit });
        }
        let balance = state.account.balance;
        require!(balance >= self.amount, BankError::InsufficientFunds { balance });
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.account.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

#[tokio::test]
async fn states_over_different_events_are_decided_on_together() {
    let executor = Executor::new(MemoryStore::new());
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor
        .execute(SetLimit {
            rules: rules("eu"),
            limit: 50,
        })
        .await
        .unwrap();

    let withdraw = |amount| WithdrawWithinLimit {
        account: account("alice"),
        rules: rules("eu"),
        amount,
    };
    let error = executor.execute(withdraw(60)).await.unwrap_err();
    assert_eq!(error.into_rejection(), Some(BankError::OverLimit { limit: 50 }));
    executor.execute(withdraw(50)).await.unwrap();
    assert_eq!(balance(executor.store(), "alice").await, 50);
}
