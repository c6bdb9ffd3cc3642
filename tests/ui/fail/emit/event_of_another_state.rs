// Without `emits(..)`, a command emits what its state is folded from.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(read, state = Rules)]
    rules: RulesId,
    #[stream]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, MoneyDeposited { account: self.account.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
