//! Accounts: what everything is measured with.

use std::convert::Infallible;

use eventsourcing::command::Decide;
use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub(crate) struct AccountId(pub(crate) u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub(crate) enum AccountEvent {
    Deposited {
        #[stream]
        account: AccountId,
        cents: i64,
        note: String,
    },
}

fn deposited(account: &AccountId) -> AccountEvent {
    AccountEvent::Deposited {
        account: account.clone(),
        cents: 1,
        note: "as long as what people write usually is, which is about as much as this".into(),
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    deposits: u32,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, _: &Recorded<AccountEvent>) {
        self.deposits += 1;
    }
}

/// Says how many deposits there are, by refusing another one.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent))]
pub(crate) struct Count {
    #[stream(state = Account)]
    pub(crate) account: AccountId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are {0} deposits")]
pub(crate) struct Counted(pub(crate) u32);

impl CommandLogic for Count {
    type Error = Counted;

    fn handle(&self, state: &CountState, _: &mut Decide<Self>) -> Result<(), Counted> {
        Err(Counted(state.account.deposits))
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent))]
pub(crate) struct Deposit {
    #[stream(state = Account)]
    pub(crate) account: AccountId,
}

impl CommandLogic for Deposit {
    type Error = Infallible;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        emit!(cx, deposited(&self.account));
        Ok(())
    }
}

/// So many deposits into each of these accounts.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent))]
pub(crate) struct Fill {
    #[stream(append)]
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) deposits: u32,
}

impl CommandLogic for Fill {
    type Error = Infallible;

    fn handle(&self, _: &FillState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        for _ in 0..self.deposits {
            for account in &self.accounts {
                emit!(cx, deposited(account));
            }
        }
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "balances")]
pub(crate) struct BalanceRow {
    #[key]
    pub(crate) account: AccountId,
    pub(crate) cents: i64,
    pub(crate) deposits: u32,
}

#[derive(Default)]
pub(crate) struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
        let row = rows.entry(account);
        row.cents += cents;
        row.deposits += 1;
    }
}

#[service(commands(Count, Deposit, Fill), projections(Balances))]
pub(crate) struct Bank;
