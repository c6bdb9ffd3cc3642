use std::panic::{AssertUnwindSafe, catch_unwind};

use eventsourcing::execute::{ExecuteError, InvalidCommand};
use eventsourcing::prelude::*;
use eventsourcing::store::InvalidAppend;
use eventsourcing::testing::scenario;
use eventsourcing::{Actor, Limits};

use super::bank::{
    AccountEvent, AccountId, BankError, Noted, RulesEvent, account, note, rules, transfer, withdraw,
};
use super::conflicts::Idle;
use super::discovery::transfer_with_fees;

fn deposited(to: &str, amount: i64) -> AccountEvent {
    AccountEvent::Deposited {
        account: account(to),
        amount,
    }
}

fn transferred(from: &str, to: &str, amount: i64) -> AccountEvent {
    AccountEvent::Transferred {
        from: account(from),
        to: account(to),
        amount,
    }
}

/// What a test that fails says.
fn failure(test: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[test]
fn what_a_command_emits_follows_from_what_was_given() {
    scenario()
        .given([deposited("alice", 100), transferred("alice", "bob", 60)])
        .when(transfer("alice", "bob", 40))
        .then([transferred("alice", "bob", 40)]);
}

#[test]
fn a_rejection_is_compared_or_looked_at() {
    let given = || {
        scenario()
            .given([deposited("alice", 100)])
            .when(withdraw("alice", 101))
    };
    given().then_rejected(BankError::InsufficientFunds { balance: 100 });
    assert_eq!(
        given().rejection().to_string(),
        "insufficient funds: the balance is 100"
    );
}

#[test]
fn a_command_may_emit_nothing() {
    scenario()
        .when(Idle {
            account: account("alice"),
        })
        .then_nothing();
}

#[test]
fn events_of_several_types_are_given_as_a_tuple_or_one_after_another() {
    let noted = Noted {
        account: account("alice"),
        text: "a good customer".into(),
    };
    let limit = RulesEvent::LimitSet {
        rules: rules("eu"),
        limit: 7,
    };
    scenario()
        .given((deposited("alice", 1), noted.clone(), limit))
        .given(vec![noted])
        .when(withdraw("alice", 1))
        .then([AccountEvent::Withdrawn {
            account: account("alice"),
            amount: 1,
        }]);
}

#[test]
fn discovery_works_as_in_an_executor() {
    let fees = AccountEvent::FeesNamed {
        account: account("alice"),
        payable_to: account("house"),
    };
    scenario()
        .given([deposited("alice", 100), fees])
        .when(transfer_with_fees("alice", "bob", 30))
        .then([transferred("alice", "bob", 30), transferred("alice", "house", 1)]);
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "account.Signed")]
struct Signed {
    #[stream]
    account: AccountId,
    by: Option<Actor>,
    at: Timestamp,
    receipt: uuid::Uuid,
    after: Option<Timestamp>,
}

/// When the last event was stored.
#[derive(Clone, Default)]
struct Last(Option<Timestamp>);

impl State for Last {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        self.0 = Some(event.recorded_at());
    }
}

#[derive(Command)]
#[command(emits(Signed))]
struct Sign {
    #[stream(state = Last)]
    account: AccountId,
}

impl CommandLogic for Sign {
    type Error = BankError;

    fn handle(&self, state: &SignState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let (by, at, receipt, after) = (cx.actor().cloned(), cx.now(), cx.new_id(), state.account.0);
        emit!(
            cx,
            Signed {
                account: self.account.clone(),
                by,
                at,
                receipt,
                after
            }
        );
        Ok(())
    }
}

#[test]
fn time_ids_and_actor_are_what_the_scenario_says() {
    let noon: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let evening: Timestamp = "2026-03-01T18:00:00Z".parse().unwrap();
    let teller = Actor::new("teller-7").unwrap();
    scenario()
        .at(noon)
        .given([deposited("alice", 1)])
        .at(evening)
        .by(teller.clone())
        .when(Sign {
            account: account("alice"),
        })
        .then([Signed {
            account: account("alice"),
            by: Some(teller),
            at: evening,
            receipt: uuid::Uuid::from_u128(1),
            after: Some(noon),
        }]);
}

#[test]
fn a_failure_shows_the_difference_line_by_line() {
    let message = failure(|| {
        scenario()
            .given([deposited("alice", 100)])
            .when(transfer("alice", "bob", 40))
            .then([transferred("alice", "bob", 50)]);
    });
    assert_eq!(
        message,
        "\
`Transfer` emitted other events than expected
  (- expected, + found)
  account.Transferred in account-alice, account-bob
  {
-   \"amount\": 50,
+   \"amount\": 40,
    \"from\": \"alice\",
    \"to\": \"bob\"
  }
"
    );
}

#[test]
fn a_failure_shows_events_that_are_too_many_or_missing() {
    let message = failure(|| {
        scenario()
            .given([deposited("alice", 1)])
            .when(withdraw("alice", 1))
            .then_nothing();
    });
    let expected = "`Withdraw` was to emit nothing, and emitted\naccount.Withdrawn in account-alice\n{\n";
    assert!(message.starts_with(expected), "{message}");

    let message = failure(|| {
        scenario()
            .when(Idle {
                account: account("alice"),
            })
            .then([deposited("alice", 1)]);
    });
    assert!(
        message.contains("\n- account.Deposited in account-alice\n"),
        "{message}"
    );
}

#[test]
fn a_failure_shows_a_rejection_that_nobody_expected() {
    let message = failure(|| {
        scenario()
            .when(withdraw("alice", 1))
            .then([deposited("alice", 1)]);
    });
    assert_eq!(
        message,
        "`Withdraw` was to emit events, and failed: insufficient funds: the balance is 0"
    );
}

#[test]
fn a_failure_shows_what_came_instead_of_a_rejection() {
    let message = failure(|| {
        let rejection = BankError::OverLimit { limit: 1 };
        scenario().when(withdraw("alice", 1)).then_rejected(rejection);
    });
    assert_eq!(
        message,
        "`Withdraw` was rejected for another reason\n  \
         expected: OverLimit { limit: 1 }\n  found: InsufficientFunds { balance: 0 }"
    );

    let message = failure(|| {
        let rejection = BankError::OverLimit { limit: 1 };
        scenario().when(withdraw("alice", 0)).then_rejected(rejection);
    });
    assert!(
        message.starts_with("`Withdraw` was to be rejected, and emitted\naccount.Withdrawn in"),
        "{message}"
    );
}

#[test]
fn what_no_store_would_take_is_refused_here_too() {
    let text = "x".repeat(Limits::DEFAULT.payload_bytes);
    let error = scenario().when(note("alice", &text)).result().unwrap_err();
    assert!(matches!(
        error,
        ExecuteError::Invalid(InvalidCommand::Append(InvalidAppend::Limit {
            what: "bytes of a payload",
            ..
        }))
    ));
}
