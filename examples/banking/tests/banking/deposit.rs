use banking::domain::{BankError, Deposit, Money};
use eventsourcing::testing::scenario;

use crate::accounts::{alice, deposited, euros, opened};

#[test]
fn money_is_paid_in() {
    scenario()
        .given([opened(alice(), euros(100))])
        .when(Deposit {
            account: alice(),
            amount: euros(50),
        })
        .then([deposited(alice(), euros(50))]);
}

#[test]
fn nothing_is_paid_into_an_account_that_is_not_open() {
    scenario()
        .when(Deposit {
            account: alice(),
            amount: euros(50),
        })
        .then_rejected(BankError::NotOpen(alice()));
}

#[test]
fn nothing_is_no_deposit() {
    scenario()
        .given([opened(alice(), euros(100))])
        .when(Deposit {
            account: alice(),
            amount: Money::ZERO,
        })
        .then_rejected(BankError::NothingToPay);
}

#[test]
fn an_account_holds_only_so_much() {
    scenario()
        .given([opened(alice(), euros(100))])
        .when(Deposit {
            account: alice(),
            amount: Money::MAX,
        })
        .then_rejected(BankError::BalanceTooHigh);
}
