//! A balance for each account.

use std::convert::Infallible;
use std::sync::Arc;

use eventsourcing::execute::Executor;
use eventsourcing::prelude::*;
use eventsourcing::store::EventStore;
use memory::{AccountEvent, AccountId, Deposit};

pub(crate) const EVENTS: u32 = 100_000;
const ACCOUNTS: u32 = 1_000;
const AT_A_TIME: u32 = 100;

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
    fn deposited(&self, account: &AccountId, amount: &i64, rows: &mut Rows<BalanceRow>) {
        let row = rows.entry(account);
        row.cents += amount;
        row.deposits += 1;
    }
}

/// A deposit into each of these accounts.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
pub(crate) struct Fill {
    #[stream(append)]
    accounts: Vec<AccountId>,
}

impl CommandLogic for Fill {
    type Error = Infallible;

    fn handle(&self, _: &FillState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        for account in &self.accounts {
            let account = account.clone();
            emit!(cx, AccountEvent::Deposited { account, amount: 1 });
        }
        Ok(())
    }
}

#[service(commands(Deposit, Fill), projections(Balances))]
pub(crate) struct Bank;

/// Stores deposits into all accounts, by turns.
pub(crate) async fn fill(store: Arc<dyn EventStore>) {
    let executor = Executor::new(store);
    for batch in 0..EVENTS / AT_A_TIME {
        let first = batch * AT_A_TIME;
        let accounts = (first..first + AT_A_TIME).map(|number| account(number % ACCOUNTS));
        let fill = Fill {
            accounts: accounts.collect(),
        };
        executor.execute(fill).await.expect("it is stored");
    }
}

pub(crate) fn account(number: u32) -> AccountId {
    AccountId(number.to_string())
}
