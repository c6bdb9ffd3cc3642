//! The accounts that the scenarios are about, and what has happened to them.

use banking::domain::{AccountEvent, AccountId, Money};

pub(crate) fn alice() -> AccountId {
    AccountId::new("alice")
}

pub(crate) fn bob() -> AccountId {
    AccountId::new("bob")
}

pub(crate) fn fees() -> AccountId {
    AccountId::new("fees")
}

pub(crate) fn euros(amount: u64) -> Money {
    Money::from_cents(amount * 100)
}

pub(crate) fn opened(account: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::Opened {
        account,
        owner: "somebody".into(),
        amount,
        fee_account: None,
    }
}

pub(crate) fn opened_with_fees_to(fee_account: AccountId, account: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::Opened {
        account,
        owner: "somebody".into(),
        amount,
        fee_account: Some(fee_account),
    }
}

pub(crate) fn deposited(account: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::Deposited { account, amount }
}

pub(crate) fn transferred(from: AccountId, to: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::Transferred { from, to, amount }
}

pub(crate) fn fee_paid(from: AccountId, to: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::FeePaid { from, to, amount }
}
