// A variant that was renamed is taken for any variant.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(RulesEvent::LimitSet))]
struct Pay {
    #[stream]
    rules: RulesId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        use RulesEvent::LimitSet as Limit;
        emit!(cx, Limit { rules: self.rules.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
