// A mistake has no others in its wake, in a generic command either.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay<K: StreamKey, const N: usize> {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(state = Rules)]
    rules: RulesId,
    keys: [K; N],
}

impl<K: StreamKey, const N: usize> CommandLogic for Pay<K, N> {
    type Error = BankError;

    fn handle(&self, state: &PayState<K, N>, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(state.rules.allow(&state.account), BankError::InsufficientFunds);
        emit!(cx, AccountEvent::Withdrawn { account: self.account.clone(), amount: state.account.balance });
        Ok(())
    }
}

fn main() {}
