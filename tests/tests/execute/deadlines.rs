use std::time::Duration;

use eventsourcing::command::Prepare;
use eventsourcing::execute::ExecuteError;
use eventsourcing::prelude::*;
use eventsourcing::store::{ErrorClass, StoreError};
use tokio::time::sleep;

use super::bank::{AccountEvent, AccountId, BankError, account, balance, deposit, withdraw};
use super::stage::Stage;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_command_whose_time_runs_out_while_it_reads_has_written_nothing() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();
    stage.on_read(|log, read| async move {
        sleep(2 * SECOND).await;
        log.read_streams(&read).await
    });
    let error = executor
        .execute(withdraw("alice", 30))
        .deadline(SECOND)
        .await
        .unwrap_err();
    assert!(matches!(error, ExecuteError::DeadlineExceeded));
    assert_eq!(error.class(), ErrorClass::Retry);
    sleep(5 * SECOND).await;
    assert_eq!(balance(&stage, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn waiting_in_a_queue_and_pauses_count() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    stage.on_append(|log, append| async move {
        sleep(2 * SECOND).await;
        log.append(append).await
    });
    let first = executor.execute(deposit("alice", 1));
    let second = executor.execute(deposit("alice", 2)).deadline(SECOND);
    let (first, second) = tokio::join!(first.into_future(), second.into_future());
    assert!(matches!(second, Err(ExecuteError::DeadlineExceeded)));
    first.unwrap();

    for _ in 0..100 {
        stage.on_append(|_, _| async { Err(StoreError::unavailable("away").into()) });
    }
    let third = executor
        .execute(deposit("alice", 4))
        .deadline(Duration::from_millis(10))
        .await;
    assert!(
        matches!(third, Err(ExecuteError::Unavailable { .. })),
        "and why is told"
    );
    assert_eq!(balance(&stage, "alice").await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_whose_time_runs_out_while_it_writes_may_have_happened_and_goes_on() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();
    stage.on_append(|log, append| async move {
        sleep(2 * SECOND).await;
        log.append(append).await
    });
    let error = executor
        .execute(withdraw("alice", 30))
        .deadline(SECOND)
        .await
        .unwrap_err();
    assert!(matches!(error, ExecuteError::UnknownOutcome { source: None }));
    assert_eq!(balance(&stage, "alice").await, 100, "it is still on its way");

    // It has kept its place until then: the next one waits, and sees it.
    let next = executor.execute(withdraw("alice", 80)).await.unwrap_err();
    assert_eq!(
        next.into_rejection(),
        Some(BankError::InsufficientFunds { balance: 70 })
    );
}

#[tokio::test(start_paused = true)]
async fn preparing_counts() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    let dawdle = Dawdle {
        account: account("alice"),
    };
    let error = executor.execute(dawdle).deadline(SECOND).await.unwrap_err();
    assert!(matches!(error, ExecuteError::DeadlineExceeded));
    assert_eq!(balance(&stage, "alice").await, 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let stage = Stage::default();
    let executor = Executor::new(stage.clone());
    executor.execute(deposit("alice", 100)).await.unwrap();
    stage.on_read(|log, read| async move {
        sleep(SECOND).await;
        log.read_streams(&read).await
    });
    let error = executor
        .execute(withdraw("alice", 30))
        .deadline(SECOND)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ExecuteError::DeadlineExceeded),
        "read in time, and decided too late"
    );
    assert_eq!(balance(&stage, "alice").await, 100);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_may_be_as_far_away_as_one_likes() {
    let executor = Executor::new(Stage::default());
    executor
        .execute(deposit("alice", 100))
        .deadline(Duration::MAX)
        .await
        .unwrap();
}

/// Prepares itself for longer than anybody waits.
#[derive(Command)]
#[command(emits(AccountEvent::Deposited))]
struct Dawdle {
    #[stream(append)]
    account: AccountId,
}

impl CommandLogic for Dawdle {
    type Error = BankError;

    fn handle(&self, _: &DawdleState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: 1
            }
        );
        Ok(())
    }

    async fn prepare(&mut self, _: &Prepare) -> Result<(), BankError> {
        sleep(2 * SECOND).await;
        Ok(())
    }
}
