//! Moving money: one decision over two streams.

use eventsourcing::prelude::*;

use super::{Account, AccountEvent, AccountId, BankError, Money};

/// Moves money from one account to another.
///
/// Both accounts are read, and the event is stored only if neither has changed since: whatever else happens at the same
/// time, no account is overdrawn and no money is lost.
#[derive(Command, Clone, Debug, PartialEq, Serialize)]
#[command(emits(AccountEvent::Transferred))]
pub struct Transfer {
    /// Who pays.
    #[stream(state = Account)]
    pub from: AccountId,
    /// Who is paid.
    #[stream(state = Account)]
    pub to: AccountId,
    /// How much.
    pub amount: Money,
}

impl CommandLogic for Transfer {
    type Error = BankError;

    fn handle(&self, state: &TransferState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(self.from != self.to, BankError::SameAccount);
        require!(self.amount > Money::ZERO, BankError::NothingToPay);
        state.from.check_withdrawal(&self.from, self.amount)?;
        state.to.check_deposit(&self.to, self.amount)?;
        emit!(
            cx,
            AccountEvent::Transferred {
                from: self.from.clone(),
                to: self.to.clone(),
                amount: self.amount,
            }
        );
        Ok(())
    }
}
