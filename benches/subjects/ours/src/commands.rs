use eventsourcing::prelude::*;
use harness::bank::{MEMO, SEED_AMOUNT, marker};

use crate::bank::{Account, AccountEvent, AccountId};

/// A rule of the bank said no.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("refused")]
pub(crate) struct Refused;

#[derive(Command, Clone, Debug, Serialize)]
#[command(emits(AccountEvent::Opened, AccountEvent::Deposited))]
pub(crate) struct Open {
    #[stream(state = Account)]
    pub(crate) account: AccountId,
    pub(crate) deposits: u64,
}

impl CommandLogic for Open {
    type Error = Refused;

    fn handle(&self, state: &OpenState, cx: &mut Decide<Self>) -> Result<(), Refused> {
        require!(!state.account.open, Refused);
        emit!(
            cx,
            AccountEvent::Opened {
                account: self.account.clone()
            }
        );
        for _ in 0..self.deposits {
            emit!(
                cx,
                AccountEvent::Deposited {
                    account: self.account.clone(),
                    amount: SEED_AMOUNT,
                    op: marker(),
                    memo: MEMO.into()
                }
            );
        }
        Ok(())
    }
}

/// Looks at accounts, and does nothing.
#[derive(Command, Clone, Debug, Serialize)]
#[command(emits(AccountEvent::Opened))]
pub(crate) struct Look {
    #[stream(read, state = Account)]
    pub(crate) accounts: Vec<AccountId>,
}

impl CommandLogic for Look {
    type Error = Refused;

    fn handle(&self, _: &LookState, _: &mut Decide<Self>) -> Result<(), Refused> {
        Err(Refused)
    }
}

#[derive(Command, Clone, Debug, Serialize)]
#[command(emits(AccountEvent::Deposited))]
pub(crate) struct Deposit {
    #[stream(state = Account)]
    pub(crate) account: AccountId,
    pub(crate) amount: i64,
}

impl CommandLogic for Deposit {
    type Error = Refused;

    fn handle(&self, state: &DepositState, cx: &mut Decide<Self>) -> Result<(), Refused> {
        require!(state.account.open, Refused);
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: self.amount,
                op: marker(),
                memo: MEMO.into()
            }
        );
        Ok(())
    }
}

/// One event for each account, as the peers do.
#[derive(Command, Clone, Debug, Serialize)]
#[command(emits(AccountEvent::Withdrawn, AccountEvent::Deposited))]
pub(crate) struct Transfer {
    #[stream(state = Account)]
    pub(crate) from: AccountId,
    #[stream(state = Account)]
    pub(crate) to: AccountId,
    pub(crate) amount: i64,
}

impl CommandLogic for Transfer {
    type Error = Refused;

    fn handle(&self, state: &TransferState, cx: &mut Decide<Self>) -> Result<(), Refused> {
        require!(may_transfer(&state.from, &state.to, self.amount), Refused);
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.from.clone(),
                amount: self.amount,
                op: marker(),
                memo: MEMO.into()
            }
        );
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.to.clone(),
                amount: self.amount,
                op: marker(),
                memo: MEMO.into()
            }
        );
        Ok(())
    }
}

/// One event that is in the streams of both.
#[derive(Command, Clone, Debug, Serialize)]
#[command(emits(AccountEvent::Transferred))]
pub(crate) struct TransferAsOne {
    #[stream(state = Account)]
    pub(crate) from: AccountId,
    #[stream(state = Account)]
    pub(crate) to: AccountId,
    pub(crate) amount: i64,
}

impl CommandLogic for TransferAsOne {
    type Error = Refused;

    fn handle(&self, state: &TransferAsOneState, cx: &mut Decide<Self>) -> Result<(), Refused> {
        require!(may_transfer(&state.from, &state.to, self.amount), Refused);
        emit!(
            cx,
            AccountEvent::Transferred {
                from: self.from.clone(),
                to: self.to.clone(),
                amount: self.amount,
                op: marker(),
                memo: MEMO.into()
            }
        );
        Ok(())
    }
}

fn may_transfer(from: &Account, to: &Account, amount: i64) -> bool {
    from.open && to.open && from.balance >= amount
}
