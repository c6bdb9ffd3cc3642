// A wrapped event goes to streams that the command declares.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream(state = Rules)]
    rules: RulesId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let account = AccountId("a".into());
        emit!(cx, AccountEvent::Deposited(MoneyDeposited { account, amount: 1 }));
        Ok(())
    }
}

fn main() {}
