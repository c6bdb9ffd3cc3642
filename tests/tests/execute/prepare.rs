use std::sync::atomic::{AtomicU32, Ordering};

use eventsourcing::CommandId;
use eventsourcing::command::Prepare;
use eventsourcing::prelude::*;

use super::bank::{Account, AccountEvent, AccountId, account, balance, deposit};
use super::stage::Stage;

/// What a dollar is worth, and how often somebody wanted to know.
#[derive(Debug, Default)]
struct Exchange {
    rate: i64,
    asked: AtomicU32,
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum NotDeposited {
    #[error("the exchange is closed")]
    Closed,
    #[error("the account is overdrawn by {0}")]
    Overdrawn(i64),
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
struct DepositDollars {
    #[stream(state = Account)]
    account: AccountId,
    dollars: i64,
    #[serde(skip)]
    amount: i64,
}

impl CommandLogic for DepositDollars {
    type Error = NotDeposited;

    fn handle(&self, state: &DepositDollarsState, cx: &mut Decide<Self>) -> Result<(), NotDeposited> {
        require!(
            state.account.balance >= 0,
            NotDeposited::Overdrawn(-state.account.balance)
        );
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }

    async fn prepare(&mut self, cx: &Prepare) -> Result<(), NotDeposited> {
        tokio::task::yield_now().await;
        let exchange = cx.resource::<Exchange>().ok_or(NotDeposited::Closed)?;
        let asked = exchange.asked.fetch_add(1, Ordering::Relaxed);
        require!(asked == 0, NotDeposited::Closed);
        self.amount = self.dollars * exchange.rate;
        Ok(())
    }
}

fn dollars(dollars: i64) -> DepositDollars {
    DepositDollars {
        account: account("alice"),
        dollars,
        amount: 0,
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_is_prepared_once_however_often_it_is_tried() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let ours = Executor::builder(stage.clone())
        .resource(Exchange {
            rate: 90,
            ..Exchange::default()
        })
        .build();

    stage.meanwhile(async move { theirs.execute(deposit("alice", 1)).await.unwrap() });
    let done = ours.execute(dollars(2)).await.unwrap();
    assert_eq!(done.attempts(), 2);
    assert_eq!(balance(&stage, "alice").await, 181);
}

#[tokio::test]
async fn a_command_that_cannot_be_prepared_is_rejected() {
    let executor = Executor::new(Stage::default());
    let error = executor.execute(dollars(2)).await.unwrap_err();
    assert_eq!(error.into_rejection(), Some(NotDeposited::Closed));
}

#[tokio::test]
async fn a_repeated_command_has_its_first_outcome_even_if_it_could_not_be_prepared_any_more() {
    let exchange = Exchange {
        rate: 90,
        ..Exchange::default()
    };
    let executor = Executor::builder(Stage::default()).resource(exchange).build();
    let id = CommandId::from_key("two dollars");
    executor.execute(dollars(2)).command_id(id).await.unwrap();

    // The exchange answers only once.
    assert!(
        executor
            .execute(dollars(2))
            .command_id(id)
            .await
            .unwrap()
            .is_repeated()
    );
    let other = executor
        .execute(dollars(2))
        .command_id(CommandId::from_key("another"))
        .await;
    assert_eq!(other.unwrap_err().into_rejection(), Some(NotDeposited::Closed));
}
