// The compiler speaks of the variant as it is written.

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
        emit!(cx, AccountEvent::Withdrwn { account: self.account.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
