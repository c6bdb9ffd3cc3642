//! An account: its name, what can happen to it, and what that adds up to.

use std::fmt;

use eventsourcing::prelude::*;

use super::{BankError, Money};

/// The name of an account. Its events are in the stream `account-<name>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// The account with this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What happens to accounts. An event with two accounts is stored once, and is part of both streams.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    /// An account was opened.
    Opened {
        /// Its name.
        #[stream]
        account: AccountId,
        /// Whose it is.
        owner: String,
        /// What it holds at first.
        amount: Money,
        /// Where it pays fees to.
        fee_account: Option<AccountId>,
    },
    /// Money came into the bank.
    Deposited {
        /// Who was paid.
        #[stream]
        account: AccountId,
        /// How much.
        amount: Money,
    },
    /// Money went from one account to another.
    Transferred {
        /// Who paid.
        #[stream]
        from: AccountId,
        /// Who was paid.
        #[stream]
        to: AccountId,
        /// How much.
        amount: Money,
    },
    /// A transfer was paid for.
    FeePaid {
        /// Who paid.
        #[stream]
        from: AccountId,
        /// The fee account.
        #[stream]
        to: AccountId,
        /// How much.
        amount: Money,
    },
}

/// What the events of an account add up to, as far as decisions need it.
#[derive(Clone, Debug, Default)]
pub struct Account {
    open: bool,
    balance: Money,
    fees_to: Option<AccountId>,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Opened {
                amount, fee_account, ..
            } => {
                self.open = true;
                self.balance = *amount;
                self.fees_to.clone_from(fee_account);
            }
            AccountEvent::Deposited { amount, .. } => self.balance += *amount,
            AccountEvent::Transferred { from, to, amount } | AccountEvent::FeePaid { from, to, amount } => {
                if from == me {
                    self.balance -= *amount;
                }
                if to == me {
                    self.balance += *amount;
                }
            }
        }
    }
}

impl Account {
    /// Whether it was opened.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Where it pays fees to, if it may use what costs a fee.
    pub fn fee_account(&self) -> Option<&AccountId> {
        self.fees_to.as_ref()
    }

    /// Whether an amount can be paid into it.
    ///
    /// # Errors
    /// If it is not open, or would hold more than any account can.
    pub fn check_deposit(&self, me: &AccountId, amount: Money) -> Result<(), BankError> {
        require!(self.open, BankError::NotOpen(me.clone()));
        require!(
            self.balance.checked_add(amount).is_some(),
            BankError::BalanceTooHigh
        );
        Ok(())
    }

    /// Whether an amount can be taken from it.
    ///
    /// # Errors
    /// If it is not open, or holds less.
    pub fn check_withdrawal(&self, me: &AccountId, amount: Money) -> Result<(), BankError> {
        require!(self.open, BankError::NotOpen(me.clone()));
        require!(self.balance >= amount, BankError::InsufficientFunds);
        Ok(())
    }
}
