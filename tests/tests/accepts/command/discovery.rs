// Streams that only the state can tell, under several names.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::StreamId;
use eventsourcing::prelude::*;

#[derive(Command)]
#[command(
    emits(AccountEvent::Withdrawn, MoneyDeposited),
    discovers(fees: AccountId, state = Account),
    discovers(rules: RulesId, read, state = Rules),
    discovers(seen: StreamId, read),
    discovers(log: AccountId, append)
)]
struct Charge {
    #[stream(state = Account)]
    account: AccountId,
}

impl StreamResolver for Charge {
    fn discover(&self, state: &ChargeState, found: &mut ChargeFound) {
        found.fees(AccountId("fees".into()));
        if let Some(fees) = state.fees.get(&AccountId("fees".into()))
            && fees.balance > 5
        {
            found.rules(RulesId("fees".into()));
            found.log(self.account.clone());
            found.seen(StreamId::new("other").unwrap());
        }
    }
}

impl CommandLogic for Charge {
    type Error = BankError;

    fn handle(&self, state: &ChargeState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        for (fees, account) in state.fees.iter() {
            emit!(
                cx,
                MoneyDeposited {
                    account: fees.clone(),
                    amount: account.balance
                }
            );
        }
        let _: (&Discovered<RulesId, Rules>, &Discovered<StreamId, Version>) = (&state.rules, &state.seen);
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: self.account.clone(),
                amount: 5
            }
        );
        Ok(())
    }
}

#[derive(Command)]
#[command(emits(), discovers(all: StreamId, read))]
struct OnlyDiscovers {}

impl StreamResolver for OnlyDiscovers {
    fn discover(&self, _: &OnlyDiscoversState, found: &mut OnlyDiscoversFound) {
        found.all(StreamId::new("settings").unwrap());
    }
}

/// What it emits is what the state is folded from that it discovers.
#[derive(Command)]
#[command(discovers(accounts: AccountId, state = Account))]
struct Find {
    #[stream(read)]
    rules: RulesId,
}

impl StreamResolver for Find {
    fn discover(&self, _: &FindState, found: &mut FindFound) {
        found.accounts(AccountId(self.rules.0.clone()));
    }
}

impl CommandLogic for Find {
    type Error = BankError;

    fn handle(&self, state: &FindState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        for (account, _) in state.accounts.iter() {
            emit!(
                cx,
                AccountEvent::Withdrawn {
                    account: account.clone(),
                    amount: 1
                }
            );
        }
        Ok(())
    }
}
