//! Paying money into an account.

use eventsourcing::prelude::*;

use super::{Account, AccountEvent, AccountId, BankError, Money};

/// Pays money into an account.
#[derive(Command, Clone, Debug, PartialEq, Serialize)]
#[command(emits(AccountEvent::Deposited))]
pub struct Deposit {
    /// The account.
    #[stream(state = Account)]
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

impl CommandLogic for Deposit {
    type Error = BankError;

    fn handle(&self, state: &DepositState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(self.amount > Money::ZERO, BankError::NothingToPay);
        state.account.check_deposit(&self.account, self.amount)?;
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
