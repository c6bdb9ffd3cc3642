// An event that two entries wrap is emitted as a variant of one of them.

#[path = "../../bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Event, Clone, Debug)]
enum Other {
    Deposited(MoneyDeposited),
    Lost { #[stream] account: AccountId },
}

#[derive(Command)]
#[command(emits(AccountEvent, Other))]
struct Pay {
    #[stream(state = Account)]
    account: AccountId,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(cx, Other::Deposited(MoneyDeposited { account: self.account.clone(), amount: 1 }));
        emit!(cx, MoneyDeposited { account: self.account.clone(), amount: 1 });
        Ok(())
    }
}

fn main() {}
