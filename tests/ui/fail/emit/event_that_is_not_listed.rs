// A command emits what it lists.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
    #[stream]
    rules: RulesId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, RulesEvent::LimitSet { rules: self.rules.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
