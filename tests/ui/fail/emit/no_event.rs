// What is emitted is an event.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

struct Withdrawn {
    account: AccountId,
}

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, Withdrawn { account: self.account.clone() });
        Ok(())
    }
}

fn main() {}
