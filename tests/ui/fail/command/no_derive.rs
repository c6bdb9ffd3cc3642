// A command is derived.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

struct Pay {
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, _: &(), _: &mut Decide<Self>) -> Result<(), BankError> {
        Ok(())
    }
}

fn main() {}
