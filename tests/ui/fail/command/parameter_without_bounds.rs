// A command can be sent to another thread.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay<T> {
    #[stream(state = Account)]
    account: AccountId,
    memo: T,
}

impl<T> CommandLogic for Pay<T> {
    type Error = BankError;

    fn handle(&self, _: &PayState<T>, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, AccountEvent::Withdrawn { account: self.account.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
