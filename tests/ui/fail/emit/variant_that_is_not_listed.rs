// A command emits what it lists.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, AccountEvent::Opened { account: self.account.clone(), owner: String::new() });
        Ok(())
    }
}

fn main() {}
