// One state folds all streams, and what is discovered too.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::StreamId;
use eventsourcing::prelude::*;

#[derive(Clone, Default)]
struct Total {
    cents: i64,
}

impl State for Total {
    type Key = StreamId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &StreamId, _: &Recorded<AccountEvent>) {
        self.cents += 1;
    }
}

#[derive(Command)]
#[command(state = Total, discovers(more: AccountId, read), discovers(log: StreamId, append))]
struct Audit {
    #[stream(read)]
    accounts: Vec<AccountId>,
    #[stream]
    rules: RulesId,
    #[stream]
    raw: StreamId,
    #[stream(append)]
    audits: AccountId,
}

impl StreamResolver for Audit {
    fn discover(&self, state: &Total, found: &mut AuditFound) {
        if state.cents > 1 {
            found.more(self.audits.clone());
            found.log(self.raw.clone());
        }
    }
}

impl CommandLogic for Audit {
    type Error = BankError;

    fn handle(&self, state: &Total, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.audits.clone(),
                amount: state.cents
            }
        );
        Ok(())
    }
}

#[derive(Command)]
#[command(state = Account, emits())]
struct Check {
    #[stream(read)]
    accounts: Vec<AccountId>,
    #[stream(read)]
    raw: StreamId,
}
