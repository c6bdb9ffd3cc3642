//! Opening an account.

use eventsourcing::prelude::*;

use super::{Account, AccountEvent, AccountId, BankError, Money};

/// Opens an account, with a first deposit or without.
///
/// The account it is to pay fees to has to be open. It is read and checked, but nothing can be emitted to it.
#[derive(Command, Clone, Debug, PartialEq, Serialize)]
#[command(emits(AccountEvent::Opened))]
pub struct OpenAccount {
    /// Its name.
    #[stream(state = Account)]
    pub account: AccountId,
    /// Whose it is.
    pub owner: String,
    /// The first deposit; may be nothing.
    pub amount: Money,
    /// Where it pays fees to.
    #[stream(read, state = Account)]
    pub fee_account: Option<AccountId>,
}

impl CommandLogic for OpenAccount {
    type Error = BankError;

    fn handle(&self, state: &OpenAccountState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(
            !state.account.is_open(),
            BankError::AlreadyOpen(self.account.clone())
        );
        if let (Some(id), Some(fee_account)) = (&self.fee_account, &state.fee_account) {
            require!(fee_account.is_open(), BankError::NotOpen(id.clone()));
        }
        emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone(),
                owner: self.owner.clone(),
                amount: self.amount,
                fee_account: self.fee_account.clone(),
            }
        );
        Ok(())
    }
}
