// An event goes to streams that the command declares.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let rules = RulesId("r".into());
        emit!(cx, AccountEvent::Limited { account: self.account.clone(), rules });
        Ok(())
    }
}

fn main() {}
