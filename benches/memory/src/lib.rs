//! The bank that is measured: an account adds up its events, a transfer depends on two accounts.

use eventsourcing::prelude::*;

/// The key of an account.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

/// What happens to accounts.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    /// Money was brought.
    Deposited {
        /// To this account.
        #[stream]
        account: AccountId,
        /// In cents.
        amount: i64,
    },
    /// Money was moved.
    Transferred {
        /// From this account.
        #[stream]
        from: AccountId,
        /// To that one.
        #[stream]
        to: AccountId,
        /// In cents.
        amount: i64,
    },
}

/// What the events of an account add up to.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// In cents.
    pub balance: i64,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Deposited { amount, .. } => self.balance += amount,
            AccountEvent::Transferred { from, to, amount } => {
                if from == me {
                    self.balance -= amount;
                }
                if to == me {
                    self.balance += amount;
                }
            }
        }
    }
}

/// Why a transfer is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("insufficient funds")]
pub struct InsufficientFunds;

/// Brings money, whatever the account holds.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
pub struct Deposit {
    /// To this account.
    #[stream(append)]
    pub account: AccountId,
    /// In cents.
    pub amount: i64,
}

impl CommandLogic for Deposit {
    type Error = InsufficientFunds;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), InsufficientFunds> {
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

/// Moves money between two accounts.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
pub struct Transfer {
    /// From this account.
    #[stream(state = Account)]
    pub from: AccountId,
    /// To that one.
    #[stream(state = Account)]
    pub to: AccountId,
    /// In cents.
    pub amount: i64,
}

impl CommandLogic for Transfer {
    type Error = InsufficientFunds;

    fn handle(&self, state: &TransferState, cx: &mut Decide<Self>) -> Result<(), InsufficientFunds> {
        require!(state.from.balance >= self.amount, InsufficientFunds);
        emit!(
            cx,
            AccountEvent::Transferred {
                from: self.from.clone(),
                to: self.to.clone(),
                amount: self.amount
            }
        );
        Ok(())
    }
}

/// The name of the account number `n`.
pub fn account(n: usize) -> AccountId {
    AccountId(format!("{n:06}"))
}
