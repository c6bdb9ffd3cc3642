// A value can be any variant, so the streams of all are declared.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

fn rules_event() -> RulesEvent {
    RulesEvent::LimitSet { rules: RulesId("r".into()), amount: 1 }
}

#[derive(Command)]
#[command(emits(RulesEvent))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let event = rules_event();
        emit!(cx, event);
        Ok(())
    }
}

fn main() {}
