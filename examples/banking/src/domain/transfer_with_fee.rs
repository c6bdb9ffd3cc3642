//! Moving money for a fee: the third stream is known only once the first has been read.

use eventsourcing::prelude::*;

use super::{Account, AccountEvent, AccountId, BankError, Money};

/// Moves money from one account to another; who pays also pays [`FEE`] to their fee account.
///
/// Which account that is, only the events of the payer tell. It joins the same check: all three accounts change together,
/// or none does.
#[derive(Command, Clone, Debug, PartialEq, Serialize)]
#[command(
    emits(AccountEvent::Transferred, AccountEvent::FeePaid),
    discovers(fee_account: AccountId, state = Account),
)]
pub struct TransferWithFee {
    /// Who pays.
    #[stream(state = Account)]
    pub from: AccountId,
    /// Who is paid.
    #[stream(state = Account)]
    pub to: AccountId,
    /// How much, without the fee.
    pub amount: Money,
}

/// What a transfer with a fee costs.
pub const FEE: Money = Money::from_cents(25);

impl StreamResolver for TransferWithFee {
    fn discover(&self, state: &TransferWithFeeState, found: &mut TransferWithFeeFound) {
        if let Some(fee_account) = state.from.fee_account() {
            found.fee_account(fee_account.clone());
        }
    }
}

impl CommandLogic for TransferWithFee {
    type Error = BankError;

    fn handle(&self, state: &TransferWithFeeState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(self.from != self.to, BankError::SameAccount);
        require!(self.amount > Money::ZERO, BankError::NothingToPay);
        let cost = self.amount.checked_add(FEE).ok_or(BankError::InsufficientFunds)?;
        state.from.check_withdrawal(&self.from, cost)?;
        state.to.check_deposit(&self.to, self.amount)?;
        let Some((fee_account, its_state)) = state.fee_account.first() else {
            return Err(BankError::NoFeeAccount(self.from.clone()));
        };
        its_state.check_deposit(fee_account, FEE)?;

        emit!(
            cx,
            AccountEvent::Transferred {
                from: self.from.clone(),
                to: self.to.clone(),
                amount: self.amount,
            }
        );
        emit!(
            cx,
            AccountEvent::FeePaid {
                from: self.from.clone(),
                to: fee_account.clone(),
                amount: FEE,
            }
        );
        Ok(())
    }
}
