use banking::domain::transfer_with_fee::FEE;
use banking::domain::{AccountEvent, BankError, Money, TransferWithFee};
use eventsourcing::testing::scenario;

use crate::accounts::{alice, bob, euros, fee_paid, fees, opened, opened_with_fees_to, transferred};

fn past() -> [AccountEvent; 3] {
    [
        opened(fees(), Money::ZERO),
        opened_with_fees_to(fees(), alice(), euros(100)),
        opened(bob(), Money::ZERO),
    ]
}

fn pay_bob(amount: Money) -> TransferWithFee {
    TransferWithFee {
        from: alice(),
        to: bob(),
        amount,
    }
}

#[test]
fn the_fee_goes_to_the_account_that_the_payer_was_opened_with() {
    scenario().given(past()).when(pay_bob(euros(30))).then([
        transferred(alice(), bob(), euros(30)),
        fee_paid(alice(), fees(), FEE),
    ]);
}

#[test]
fn the_payer_needs_the_money_for_the_fee_too() {
    let all_but_the_fee = euros(100).checked_sub(FEE).unwrap();
    scenario().given(past()).when(pay_bob(all_but_the_fee)).then([
        transferred(alice(), bob(), all_but_the_fee),
        fee_paid(alice(), fees(), FEE),
    ]);
    scenario()
        .given(past())
        .when(pay_bob(euros(100)))
        .then_rejected(BankError::InsufficientFunds);
}

#[test]
fn fees_that_were_paid_cannot_be_spent() {
    scenario()
        .given(past())
        .given([fee_paid(alice(), fees(), FEE)])
        .when(pay_bob(euros(100).checked_sub(FEE).unwrap()))
        .then_rejected(BankError::InsufficientFunds);
}

#[test]
fn without_a_fee_account_there_is_no_transfer_with_a_fee() {
    scenario()
        .given([opened(alice(), euros(100)), opened(bob(), Money::ZERO)])
        .when(pay_bob(euros(30)))
        .then_rejected(BankError::NoFeeAccount(alice()));
}

#[test]
fn the_fee_account_itself_can_be_paid() {
    scenario()
        .given(past())
        .when(TransferWithFee {
            from: alice(),
            to: fees(),
            amount: euros(30),
        })
        .then([
            transferred(alice(), fees(), euros(30)),
            fee_paid(alice(), fees(), FEE),
        ]);
}

#[test]
fn nobody_pays_themselves() {
    scenario()
        .given(past())
        .when(TransferWithFee {
            from: alice(),
            to: alice(),
            amount: euros(30),
        })
        .then_rejected(BankError::SameAccount);
}

#[test]
fn both_accounts_have_to_be_open() {
    scenario()
        .given([
            opened(fees(), Money::ZERO),
            opened_with_fees_to(fees(), alice(), euros(100)),
        ])
        .when(pay_bob(euros(30)))
        .then_rejected(BankError::NotOpen(bob()));
    scenario()
        .given([opened(bob(), Money::ZERO)])
        .when(pay_bob(euros(30)))
        .then_rejected(BankError::NotOpen(alice()));
}
