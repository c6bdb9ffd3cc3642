//! What a command may do with a stream, and what can come in between.

use eventsourcing::prelude::*;

use super::bank::{
    Account, AccountEvent, AccountId, BankError, Noted, RulesId, SetLimit, account, balance, deposit, note,
    rules, withdraw,
};
use super::spy::Spy;
use super::stage::Stage;
use super::streams::Seen;

/// Pays from an account as long as that and another one together hold enough.
#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
pub struct WithdrawFromPair {
    #[stream(state = Account)]
    from: AccountId,
    #[stream(read, state = Account)]
    other: AccountId,
    amount: i64,
}

impl CommandLogic for WithdrawFromPair {
    type Error = BankError;

    fn handle(&self, state: &WithdrawFromPairState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let balance = state.from.balance + state.other.balance;
        require!(balance >= self.amount, BankError::InsufficientFunds { balance });
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.from.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

pub fn withdraw_from_pair(from: &str, other: &str, amount: i64) -> WithdrawFromPair {
    WithdrawFromPair {
        from: account(from),
        other: account(other),
        amount,
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_only_read_is_checked_so_two_decisions_cannot_miss_each_other() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    ours.execute(deposit("alice", 50)).await.unwrap();
    ours.execute(deposit("bob", 50)).await.unwrap();
    stage.meanwhile(async move {
        theirs
            .execute(withdraw_from_pair("bob", "alice", 100))
            .await
            .unwrap()
    });
    let error = ours
        .execute(withdraw_from_pair("alice", "bob", 100))
        .await
        .unwrap_err();
    assert_eq!(
        error.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 0 })
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_only_read_is_not_waited_for() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();

    let reader = executor.clone();
    stage.meanwhile(async move {
        // The outer command holds its place of `alice`; if this one wanted it too, neither would end.
        reader
            .execute(withdraw_from_pair("bob", "alice", 10))
            .await
            .unwrap()
    });
    let done = executor.execute(withdraw("alice", 1)).await.unwrap();
    assert_eq!(done.attempts(), 1);
}

#[tokio::test]
async fn a_stream_that_is_only_appended_to_is_neither_read_nor_checked() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::on(stage.clone());

    stage.meanwhile(async move { theirs.execute(deposit("alice", 1)).await.unwrap() });
    let done = ours.execute(deposit("alice", 2)).await.unwrap();
    assert_eq!(done.attempts(), 1);
    assert!(spy.reads().is_empty(), "not even for nothing");
    assert!(spy.appends()[0].conditions.is_empty());
    assert_eq!(balance(&stage, "alice").await, 3);
}

#[tokio::test]
async fn an_event_of_a_type_that_is_not_read_does_not_conflict() {
    let stage = Stage::default();
    let theirs = Executor::builder(stage.clone()).events::<AccountEvent>().build();
    let ours = Executor::builder(stage.clone()).events::<Noted>().build();
    ours.execute(deposit("alice", 100)).await.unwrap();

    stage.meanwhile(async move { theirs.execute(note("alice", "a good customer")).await.unwrap() });
    let done = ours.execute(withdraw("alice", 10)).await.unwrap();
    assert_eq!(done.attempts(), 1);
    assert_eq!(
        done.version_of(&account("alice").to_stream_id().unwrap()),
        Some(Version::new(3))
    );
}

/// Withdraws under a limit that it only knows the version of.
#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
struct WithdrawUnderVersion {
    #[stream(append)]
    account: AccountId,
    #[stream(read)]
    rules: RulesId,
    expected: Version,
}

impl CommandLogic for WithdrawUnderVersion {
    type Error = Seen<Version>;

    fn handle(&self, state: &WithdrawUnderVersionState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        require!(state.rules == self.expected, Seen(state.rules));
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.account.clone(),
                amount: 1
            }
        );
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_state_shows_its_version_and_any_event_conflicts() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    let set_limit = |limit| SetLimit {
        rules: rules("eu"),
        limit,
    };
    ours.execute(set_limit(10)).await.unwrap();

    let under_first = || WithdrawUnderVersion {
        account: account("alice"),
        rules: rules("eu"),
        expected: Version::FIRST,
    };
    ours.execute(under_first()).await.unwrap();

    stage.meanwhile(async move { theirs.execute(set_limit(20)).await.unwrap() });
    let error = ours.execute(under_first()).await.unwrap_err();
    assert_eq!(error.into_rejection(), Some(Seen(Version::new(2))));
}
