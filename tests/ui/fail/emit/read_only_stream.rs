// An event goes to streams that the command may write.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Limited))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(read, state = Rules)]
    rules: RulesId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, AccountEvent::Limited { account: self.account.clone(), rules: self.rules.clone() });
        Ok(())
    }
}

fn main() {}
