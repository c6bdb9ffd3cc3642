use banking::domain::{AccountEvent, BankError, Money, OpenAccount};
use eventsourcing::testing::scenario;

use crate::accounts::{alice, euros, fees, opened};

fn open_alice() -> OpenAccount {
    OpenAccount {
        account: alice(),
        owner: "Alice Archer".into(),
        amount: euros(100),
        fee_account: None,
    }
}

#[test]
fn an_account_is_opened_with_money() {
    scenario().when(open_alice()).then([AccountEvent::Opened {
        account: alice(),
        owner: "Alice Archer".into(),
        amount: euros(100),
        fee_account: None,
    }]);
}

#[test]
fn an_account_is_opened_once() {
    scenario()
        .given([opened(alice(), Money::ZERO)])
        .when(open_alice())
        .then_rejected(BankError::AlreadyOpen(alice()));
}

#[test]
fn the_fee_account_has_to_be_open() {
    scenario()
        .when(OpenAccount {
            fee_account: Some(fees()),
            ..open_alice()
        })
        .then_rejected(BankError::NotOpen(fees()));
    scenario()
        .given([opened(fees(), Money::ZERO)])
        .when(OpenAccount {
            fee_account: Some(fees()),
            ..open_alice()
        })
        .then([AccountEvent::Opened {
            account: alice(),
            owner: "Alice Archer".into(),
            amount: euros(100),
            fee_account: Some(fees()),
        }]);
}

#[test]
fn an_account_is_not_its_own_fee_account() {
    scenario()
        .when(OpenAccount {
            fee_account: Some(alice()),
            ..open_alice()
        })
        .then_rejected(BankError::NotOpen(alice()));
}
