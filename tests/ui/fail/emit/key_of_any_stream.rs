// A `StreamId` does not stand for a typed key.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent::Withdrawn))]
struct Pay {
    #[stream]
    stream: StreamId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let account = AccountId("a".into());
        emit!(cx, AccountEvent::Withdrawn { account, amount: 1 });
        Ok(())
    }
}

fn main() {}
