//! The statement of an account: a query of a table of balances, which a projection keeps in the store.
//!
//! The [ledger](crate::ledger) reads all of the log each time. The table goes on where it was, and is there when the program starts
//! again.

use std::fmt;
use std::sync::Arc;

use eventsourcing::prelude::*;
use eventsourcing::projection::RowError;
use eventsourcing::query::AskError;
use eventsourcing::service::StartError;
use eventsourcing::store::EventStore;

use crate::domain::{AccountEvent, AccountId, Money};

/// What an account holds, and what has gone through it.
#[derive(Row, Clone, Debug, PartialEq, Eq, Serialize)]
#[row(table = "balances")]
pub struct BalanceRow {
    /// The account.
    #[key]
    pub account: AccountId,
    /// Whose it is.
    pub owner: String,
    /// What it holds.
    #[index]
    pub balance: Money,
    /// How many deposits, transfers and fees have changed that.
    pub entries: u64,
}

/// The balances of all accounts.
#[derive(Debug, Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, amount: &Money, rows: &mut Rows<BalanceRow>) {
        let row = rows.entry(account);
        owner.clone_into(&mut row.owner);
        row.balance = *amount;
    }

    #[on(AccountEvent::Deposited)]
    fn deposited(
        &self,
        account: &AccountId,
        amount: &Money,
        rows: &mut Rows<BalanceRow>,
    ) -> Result<(), RowError> {
        receive(rows.existing(account)?, *amount);
        Ok(())
    }

    #[on([AccountEvent::Transferred, AccountEvent::FeePaid])]
    fn paid(
        &self,
        from: &AccountId,
        to: &AccountId,
        amount: &Money,
        rows: &mut Rows<BalanceRow>,
    ) -> Result<(), RowError> {
        let payer = rows.existing(from)?;
        payer.balance -= *amount;
        payer.entries += 1;
        receive(rows.existing(to)?, *amount);
        Ok(())
    }
}

fn receive(row: &mut BalanceRow, amount: Money) {
    row.balance += amount;
    row.entries += 1;
}

/// What an account holds.
#[derive(Query, Clone, Debug, Serialize, Deserialize)]
#[query(result = BalanceRow, of(Balances))]
pub struct StatementOf {
    /// The account.
    pub account: AccountId,
}

impl QueryLogic for StatementOf {
    async fn answer(&self, read: &Reading<Self>) -> Result<BalanceRow, NoAnswer> {
        let row = read.rows::<BalanceRow>().get(&self.account).await?;
        row.ok_or_else(|| NoAnswer::refused(format!("there is no account `{}`", self.account)))
    }
}

/// What can be asked of the bank.
#[derive(Debug)]
#[service(
    projections(Balances),
    queries(StatementOf),
    extern_events(AccountEvent = "the run executes the orders")
)]
pub struct Statements;

/// The statement of an account, with everything that is in the store.
///
/// # Errors
/// If there is no such account, or the store fails.
pub async fn statement(store: Arc<dyn EventStore>, account: AccountId) -> Result<BalanceRow, StatementError> {
    let statements = Statements::builder(store).start().await?;
    let end = statements.bus().end(&eventsourcing::TenantId::DEFAULT).await?;
    let statement = statements.query(StatementOf { account }).at(end.position).await?;
    Ok(statement.into_result())
}

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The service does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The end of the log cannot be found.
    #[error(transparent)]
    Log(#[from] eventsourcing::store::FeedError),
    /// The query has no answer.
    #[error(transparent)]
    Ask(#[from] AskError),
}

impl fmt::Display for BalanceRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            account,
            owner,
            balance,
            entries,
        } = self;
        writeln!(f, "{account}, {owner}: {balance} after {entries} entries")
    }
}
