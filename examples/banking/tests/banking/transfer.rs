use banking::domain::{BankError, Money, Transfer};
use eventsourcing::testing::scenario;

use crate::accounts::{alice, bob, deposited, euros, opened, transferred};

fn pay_bob(amount: Money) -> Transfer {
    Transfer {
        from: alice(),
        to: bob(),
        amount,
    }
}

#[test]
fn money_goes_from_one_account_to_another() {
    scenario()
        .given([opened(alice(), euros(100)), opened(bob(), Money::ZERO)])
        .when(pay_bob(euros(30)))
        .then([transferred(alice(), bob(), euros(30))]);
}

#[test]
fn the_last_cent_can_be_spent_but_no_more() {
    let past = [
        opened(alice(), euros(60)),
        opened(bob(), euros(50)),
        deposited(alice(), euros(40)),
    ];
    scenario()
        .given(past.clone())
        .when(pay_bob(euros(100)))
        .then([transferred(alice(), bob(), euros(100))]);
    scenario()
        .given(past)
        .when(pay_bob(Money::from_cents(10_001)))
        .then_rejected(BankError::InsufficientFunds);
}

#[test]
fn money_that_came_in_can_be_spent_and_money_that_went_out_cannot() {
    let past = [
        opened(alice(), euros(10)),
        opened(bob(), euros(10)),
        transferred(bob(), alice(), euros(5)),
        transferred(alice(), bob(), euros(3)),
    ];
    scenario()
        .given(past.clone())
        .when(pay_bob(euros(12)))
        .then([transferred(alice(), bob(), euros(12))]);
    scenario()
        .given(past)
        .when(pay_bob(euros(13)))
        .then_rejected(BankError::InsufficientFunds);
}

#[test]
fn both_accounts_have_to_be_open() {
    scenario()
        .given([opened(alice(), euros(100))])
        .when(pay_bob(euros(30)))
        .then_rejected(BankError::NotOpen(bob()));
    scenario()
        .given([opened(bob(), euros(100))])
        .when(pay_bob(euros(30)))
        .then_rejected(BankError::NotOpen(alice()));
}

#[test]
fn nobody_pays_themselves() {
    scenario()
        .given([opened(alice(), euros(100))])
        .when(Transfer {
            from: alice(),
            to: alice(),
            amount: euros(30),
        })
        .then_rejected(BankError::SameAccount);
}

#[test]
fn nothing_is_no_transfer() {
    scenario()
        .given([opened(alice(), euros(100)), opened(bob(), Money::ZERO)])
        .when(pay_bob(Money::ZERO))
        .then_rejected(BankError::NothingToPay);
}
