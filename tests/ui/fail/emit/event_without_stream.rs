// An event says which stream it belongs to.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug)]
enum Audit {
    Started,
}

#[derive(Command)]
#[command(emits(Audit))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, Audit::Started);
        Ok(())
    }
}

fn main() {}
