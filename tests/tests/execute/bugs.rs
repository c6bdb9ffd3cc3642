//! Commands that are wrong in a way that the compiler cannot see.

use std::error::Error as _;

use eventsourcing::execute::{Bug, ExecuteError};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::ErrorClass;
use eventsourcing::testing::scenario;

use super::bank::{Account, AccountEvent, AccountId, BankError, account, balance};

/// Declares one account, and writes to another: both have the same type of key.
#[derive(Command, Clone)]
#[command(emits(AccountEvent::Deposited))]
struct DepositElsewhere {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for DepositElsewhere {
    type Error = BankError;

    fn handle(&self, _: &DepositElsewhereState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Deposited {
                account: account("elsewhere"),
                amount: 1
            }
        );
        Ok(())
    }
}

fn is_undeclared(error: &ExecuteError<BankError>) -> bool {
    matches!(
        error,
        ExecuteError::Bug(Bug::UndeclaredStream { stream, event_type: "account.Deposited" })
            if *stream == "account-elsewhere"
    )
}

#[tokio::test]
async fn an_event_to_a_stream_that_was_not_declared_is_a_bug() {
    let executor = Executor::new(MemoryStore::new());
    let error = executor
        .execute(DepositElsewhere {
            account: account("alice"),
        })
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
    assert!(is_undeclared(&error));
    assert_eq!(balance(executor.store(), "elsewhere").await, 0);
}

#[test]
fn a_scenario_finds_it_too() {
    let result = scenario()
        .when(DepositElsewhere {
            account: account("alice"),
        })
        .result();
    assert!(is_undeclared(&result.unwrap_err()));
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "account.Rated")]
struct Rated {
    #[stream]
    account: AccountId,
    score: f64,
}

#[derive(Command, Clone)]
#[command(emits(Rated))]
struct Rate {
    #[stream(append)]
    account: AccountId,
    score: f64,
}

impl CommandLogic for Rate {
    type Error = BankError;

    fn handle(&self, _: &RateState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            Rated {
                account: self.account.clone(),
                score: self.score
            }
        );
        Ok(())
    }
}

#[tokio::test]
async fn an_event_that_could_not_be_read_back_is_not_stored() {
    let executor = Executor::new(MemoryStore::new());
    executor
        .execute(Rate {
            account: account("alice"),
            score: 0.5,
        })
        .await
        .unwrap();

    let error = executor
        .execute(Rate {
            account: account("alice"),
            score: f64::NAN,
        })
        .await
        .unwrap_err();
    let ExecuteError::Bug(Bug::UnreadableEvent {
        event_type: "account.Rated",
        failure,
    }) = &error
    else {
        panic!("{error:?}")
    };
    assert!(failure.source().unwrap().to_string().contains("null"));
    assert_eq!(
        super::bank::stored(executor.store(), "alice").await.head,
        Version::FIRST
    );
}

#[tokio::test]
async fn a_key_that_names_no_stream_is_refused_before_anything_is_read() {
    let executor = Executor::new(MemoryStore::new());
    let error = executor
        .execute(Rate {
            account: account("a\nb"),
            score: 0.5,
        })
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert_eq!(
        error.source().unwrap().to_string(),
        "the field `account` does not name a stream"
    );
}
