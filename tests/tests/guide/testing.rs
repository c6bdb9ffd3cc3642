use eventsourcing::Timestamp;
use eventsourcing::testing::scenario;

use super::commands::{AccountEvent, AccountId, BankError, RulesEvent, RulesId, TransferMoney};

fn account(name: &str) -> AccountId {
    AccountId(name.into())
}

fn deposited(name: &str, cents: i64) -> AccountEvent {
    AccountEvent::Deposited {
        account: account(name),
        cents,
    }
}

fn transfer(cents: i64) -> TransferMoney {
    TransferMoney {
        from: account("alice"),
        to: account("bob"),
        rules: RulesId("eu".into()),
        cents,
    }
}

#[test]
fn money_moves() {
    scenario()
        .given([deposited("alice", 100)])
        .when(transfer(30))
        .then([AccountEvent::Transferred {
            from: account("alice"),
            to: account("bob"),
            cents: 30,
        }]);
}

#[test]
fn nobody_spends_what_they_do_not_have() {
    scenario()
        .given([deposited("alice", 20)])
        .when(transfer(30))
        .then_rejected(BankError::InsufficientFunds);
}

#[test]
fn limits_hold_from_the_day_they_are_set() {
    let monday: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    scenario()
        .given([deposited("alice", 100)])
        .at(monday)
        .given([RulesEvent::LimitSet {
            rules: RulesId("eu".into()),
            cents: 10,
        }])
        .when(transfer(30))
        .then_rejected(BankError::OverLimit);
}
