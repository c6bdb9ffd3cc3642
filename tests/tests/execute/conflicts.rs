use std::sync::Arc;
use std::time::Duration;

use eventsourcing::Clock as _;
use eventsourcing::environment::Environment;
use eventsourcing::execute::{ExecuteError, RetryPolicy};
use eventsourcing::prelude::*;
use eventsourcing::store::{Conflict, ErrorClass};
use eventsourcing::testing::{FixedClock, SequentialIds};

use super::bank::{AccountEvent, AccountId, BankError, account, balance, deposit, withdraw};
use super::spy::Spy;
use super::stage::Stage;

#[tokio::test(start_paused = true)]
async fn after_a_conflict_the_command_decides_again_on_what_is_new() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::on(stage.clone());
    ours.execute(deposit("alice", 100)).await.unwrap();

    stage.meanwhile(async move { theirs.execute(withdraw("alice", 50)).await.unwrap() });
    let done = ours.execute(withdraw("alice", 50)).await.unwrap();
    assert_eq!(done.attempts(), 2);
    assert_eq!(balance(&stage, "alice").await, 0);
    assert_eq!(
        spy.reads(),
        [["account-alice after 0"], ["account-alice after 1"]]
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_conflict_the_command_may_be_refused() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    ours.execute(deposit("alice", 100)).await.unwrap();

    stage.meanwhile(async move { theirs.execute(withdraw("alice", 60)).await.unwrap() });
    let error = ours.execute(withdraw("alice", 60)).await.unwrap_err();
    assert_eq!(
        error.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 40 })
    );
}

#[tokio::test(start_paused = true)]
async fn a_conflict_in_every_attempt_is_reported() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.undisturbed());
    let policy = RetryPolicy::default().with_max_attempts(3);
    let ours = Executor::builder(stage.clone()).retry(policy).build();
    ours.execute(deposit("alice", 100)).await.unwrap();

    for _ in 0..3 {
        let theirs = theirs.clone();
        stage.meanwhile(async move { theirs.execute(deposit("alice", 1)).await.unwrap() });
    }
    let error = ours.execute(withdraw("alice", 1)).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Conflict);
    assert!(matches!(
        error,
        ExecuteError::Conflict { attempts: 3, source: Conflict { seen, head, .. } }
            if seen == Version::new(3) && head == Version::new(4)
    ));
    assert_eq!(balance(&stage, "alice").await, 103, "nothing was withdrawn");
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("never")]
struct Never;

/// Writes down when it was decided, and an id of its own.
#[derive(Command)]
#[command(emits(Stamped))]
struct Stamp {
    #[stream]
    account: AccountId,
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "account.Stamped")]
struct Stamped {
    #[stream]
    account: AccountId,
    at: Timestamp,
    id: uuid::Uuid,
}

impl CommandLogic for Stamp {
    type Error = Never;

    fn handle(&self, _: &StampState, cx: &mut Decide<Self>) -> Result<(), Never> {
        let (at, id) = (cx.now(), cx.new_id());
        emit!(
            cx,
            Stamped {
                account: self.account.clone(),
                at,
                id
            }
        );
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn time_and_new_ids_are_the_same_in_every_attempt() {
    let clock = Arc::new(FixedClock::default());
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::with(stage.clone(), |builder| {
        builder.environment(Environment {
            clock: Arc::<FixedClock>::clone(&clock),
            ids: Arc::new(SequentialIds::default()),
            ..Environment::default()
        })
    });

    stage.meanwhile(async move {
        clock.advance(Duration::from_mins(1));
        theirs.execute(deposit("alice", 1)).await.unwrap()
    });
    let done = ours
        .execute(Stamp {
            account: account("alice"),
        })
        .await
        .unwrap();
    let [first, second] = &spy.appends()[..] else {
        panic!("two attempts")
    };
    assert_eq!(first.events, second.events);

    let [stamped] = &done.events_of::<Stamped>().unwrap()[..] else {
        panic!("one event")
    };
    assert_eq!(stamped.payload().at, FixedClock::default().now());
    assert_ne!(stamped.payload().id, stamped.id().get());
}

#[tokio::test]
async fn a_decision_to_do_nothing_is_not_in_conflict() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    ours.execute(deposit("alice", 100)).await.unwrap();

    stage.meanwhile(async move { theirs.execute(deposit("alice", 1)).await.unwrap() });
    let done = ours
        .execute(Idle {
            account: account("alice"),
        })
        .await
        .unwrap();
    assert_eq!(done.attempts(), 1);
    assert!(done.events().is_empty());
    assert_eq!(done.position().get(), 2, "the end of the log");
}

#[derive(Command, Serialize)]
#[command(emits(AccountEvent))]
pub struct Idle {
    #[stream(read)]
    pub account: AccountId,
}

impl CommandLogic for Idle {
    type Error = BankError;

    fn handle(&self, _: &IdleState, _: &mut Decide<Self>) -> Result<(), BankError> {
        Ok(())
    }
}
