// All mistakes are reported at once, and nothing else: the state, what is found, and what is emitted are not to blame.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(emits(AccountEvent, AccountEvent), discover(fees: AccountId), discovers(fees: AccountId, append, read))]
struct Pay {
    #[stream(append, state = Account)]
    account: AccountId,
    #[stream(staet = Rules)]
    rules: RulesId,
}

impl StreamResolver for Pay {
    fn discover(&self, state: &PayState, found: &mut PayFound) {
        if state.account.balance > 5 {
            found.fees(self.account.clone());
        }
    }
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(state.account.balance > state.rules.limit, BankError::InsufficientFunds);
        for (fees, _) in state.fees.iter() {
            emit!(cx, AccountEvent::Withdrawn { account: fees.clone(), amount: 1 });
        }
        let event = MoneyDeposited { account: self.account.clone(), amount: state.rules.limit };
        emit!(cx, event);
        emit!(cx, RulesEvent::LimitSet { rules: self.rules.clone(), amount: 1 });
        Ok(())
    }
}

async fn pay(executor: &Executor, pay: Pay) {
    let _ = executor.execute(pay).await;
}

fn main() {}
