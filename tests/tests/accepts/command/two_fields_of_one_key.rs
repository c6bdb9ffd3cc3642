// Of two fields of one key type, one may be read only: the other may be written.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

#[derive(Command)]
struct Pay {
    #[stream(read, state = Account)]
    limit: AccountId,
    #[stream(state = Account)]
    account: Option<AccountId>,
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, _: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.limit.clone(),
                amount: 1
            }
        );
        Ok(())
    }
}
