use eventsourcing::execute::{Bug, ExecuteError};
use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;

use super::{
    Account, AccountEvent, AccountId, Deposited, Refused, RulesEvent, RulesId, account, deposited, stream,
    transferred,
};

#[derive(Command, Clone)]
#[command(emits(AccountEvent, RulesEvent::LimitSet))]
struct Pay {
    #[stream(state = Account)]
    from: AccountId,
    #[stream(read, state = Account)]
    to: AccountId,
    #[stream(append)]
    rules: RulesId,
    amount: i64,
    how: fn(&Self, &mut Decide<Self>),
}

impl CommandLogic for Pay {
    type Error = Refused;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), Refused> {
        require!(state.from.balance >= self.amount, Refused);
        (self.how)(self, cx);
        Ok(())
    }
}

fn pay(how: fn(&Pay, &mut Decide<Pay>)) -> Pay {
    Pay {
        from: account("a"),
        to: account("b"),
        rules: RulesId(7),
        amount: 5,
        how,
    }
}

#[test]
fn a_refusal_emits_nothing() {
    let command = pay(|_, _| unreachable!("refused before"));
    scenario().when(command.clone()).then_rejected(Refused);
    scenario()
        .given([deposited("a", 4)])
        .when(command)
        .then_rejected(Refused);
}

#[test]
fn events_come_in_the_order_in_which_they_are_emitted() {
    use AccountEvent::Deposited as Wrapped;

    let command = pay(|pay, cx| {
        let account = pay.from.clone();
        emit!(
            cx,
            Deposited {
                account: account.clone(),
                amount: 1
            }
        );
        emit!(
            cx,
            Wrapped(Deposited {
                account: account.clone(),
                amount: 2
            })
        );
        let event = deposited("a", 3);
        emit!(cx, event);
        for amount in 4..6 {
            emit!(cx, deposited("a", amount));
        }
        emit!(
            cx,
            AccountEvent::Transferred {
                from: account.clone(),
                to: account,
                amount: pay.amount
            }
        );
    });
    scenario().given([deposited("a", 9)]).when(command).then([
        deposited("a", 1),
        deposited("a", 2),
        deposited("a", 3),
        deposited("a", 4),
        deposited("a", 5),
        transferred("a", "a", 5),
    ]);
}

#[test]
fn a_stream_that_is_not_read_can_be_appended_to() {
    let command = pay(|pay, cx| {
        emit!(
            cx,
            RulesEvent::LimitSet {
                rules: pay.rules.clone(),
                amount: 1
            }
        );
    });
    scenario()
        .given([deposited("a", 9)])
        .when(command)
        .then([RulesEvent::LimitSet {
            rules: RulesId(7),
            amount: 1,
        }]);
}

#[test]
fn the_context_can_be_used_in_the_event() {
    let command = pay(|pay, cx| {
        let amount = |cx: &mut Decide<Pay>| i64::try_from(cx.new_id().as_u128()).unwrap_or(i64::MAX);
        emit!(
            cx,
            Deposited {
                account: pay.from.clone(),
                amount: amount(cx)
            }
        );
    });
    let emitted = scenario()
        .given([deposited("a", 9)])
        .when(command)
        .result()
        .unwrap();
    assert_eq!(emitted.len(), 1);
}

#[test]
fn streams_that_no_writable_field_names_are_refused_at_run_time() {
    for (event, expected) in [
        (transferred("a", "b", 5), "account-b"),
        (deposited("c", 5), "account-c"),
    ] {
        let command = match event {
            AccountEvent::Transferred { .. } => pay(|_, cx| emit!(cx, transferred("a", "b", 5))),
            AccountEvent::Deposited(_) => pay(|_, cx| emit!(cx, deposited("c", 5))),
        };
        match scenario().given([deposited("a", 9)]).when(command).result() {
            Err(ExecuteError::Bug(Bug::UndeclaredStream {
                stream: undeclared, ..
            })) => {
                assert_eq!(undeclared, stream(expected));
            }
            other => panic!("{other:?}"),
        }
    }
}
