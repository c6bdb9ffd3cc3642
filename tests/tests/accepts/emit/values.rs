// A variant that was imported under another name, and a value, can be emitted if all variants can.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct SetLimit {
    #[stream(state = Rules)]
    rules: RulesId,
}

impl CommandLogic for SetLimit {
    type Error = BankError;

    fn handle(&self, _: &SetLimitState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        use RulesEvent::LimitSet as Limit;

        emit!(
            cx,
            Limit {
                rules: self.rules.clone(),
                amount: 5
            }
        );
        let event = RulesEvent::LimitSet {
            rules: self.rules.clone(),
            amount: 6,
        };
        emit!(cx, event);
        Ok(())
    }
}
