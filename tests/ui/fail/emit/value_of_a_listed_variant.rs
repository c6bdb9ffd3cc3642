// A value can be any variant, so all are listed.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn, AccountEvent::Limited))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream(state = Rules)]
    rules: RulesId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let event = AccountEvent::Withdrawn { account: self.account.clone(), amount: 1 };
        emit!(cx, event);
        Ok(())
    }
}

fn main() {}
