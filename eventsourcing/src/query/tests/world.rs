//! A bank whose balances can be asked for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::memory::MemoryStore;
use crate::prelude::*;
use crate::query::{AskError, QueryPolicy, WireParameters, WireQuery};
use crate::service::Runtime;
use crate::{Position, TenantId};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub(super) struct AccountId(pub(super) String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub(super) enum AccountEvent {
    Deposited {
        #[stream]
        account: AccountId,
        cents: i64,
    },
    Renamed {
        #[stream]
        account: AccountId,
        owner: String,
    },
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(emits(AccountEvent::Deposited))]
pub(super) struct Deposit {
    #[stream(append)]
    account: AccountId,
    cents: i64,
}

impl CommandLogic for Deposit {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        let account = self.account.clone();
        emit!(
            cx,
            AccountEvent::Deposited {
                account,
                cents: self.cents
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(emits(AccountEvent::Renamed))]
pub(super) struct Rename {
    #[stream(append)]
    account: AccountId,
    owner: String,
}

impl CommandLogic for Rename {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &RenameState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        let account = self.account.clone();
        emit!(
            cx,
            AccountEvent::Renamed {
                account,
                owner: self.owner.clone()
            }
        );
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq, Serialize)]
#[row(table = "balances")]
pub(super) struct BalanceRow {
    #[key]
    pub(super) account: AccountId,
    #[index]
    pub(super) cents: i64,
}

#[derive(Default)]
pub(super) struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Deposited)]
    fn deposited(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).cents += cents;
    }
}

#[derive(Row, Clone, Debug, PartialEq, Serialize)]
#[row(table = "owners")]
pub(super) struct OwnerRow {
    #[key]
    account: AccountId,
    owner: String,
}

#[derive(Default)]
pub(super) struct Owners;

#[projection(name = "owners", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Renamed)]
    fn renamed(&self, account: &AccountId, owner: &str, rows: &mut Rows<OwnerRow>) {
        rows.entry(account).owner = owner.to_owned();
    }
}

/// The accounts with so much in them.
#[derive(Query, Clone, Serialize, Deserialize)]
#[query(result = Vec<BalanceRow>, of(Balances))]
pub(super) struct RichAccounts {
    pub(super) at_least: i64,
}

impl QueryLogic for RichAccounts {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<BalanceRow>, NoAnswer> {
        let rich = read
            .rows::<BalanceRow>()
            .filter(BalanceRow::CENTS.at_least(self.at_least));
        Ok(rich.all().await?)
    }
}

/// What is known of an account: it can be refused, and it can panic.
#[derive(Query, Serialize, Deserialize)]
#[query(result = (Option<String>, i64), of(Balances, Owners), name = "Statement")]
pub(super) struct StatementOf {
    account: AccountId,
    #[serde(default)]
    panic: bool,
}

impl QueryLogic for StatementOf {
    async fn answer(&self, read: &Reading<Self>) -> Result<(Option<String>, i64), NoAnswer> {
        assert!(!self.panic, "there is no bank");
        let owner = read.rows::<OwnerRow>().get(&self.account).await?;
        let balance = read.rows::<BalanceRow>().get(&self.account).await?;
        let balance = balance.ok_or_else(|| NoAnswer::refused("there is no such account"))?;
        Ok((owner.map(|row| row.owner), balance.cents))
    }
}

/// How many accounts there are. It counts how often it is asked.
#[derive(Query, Serialize, Deserialize)]
#[query(result = usize, of(Balances))]
pub(super) struct HowMany {}

/// How often [`HowMany`] was evaluated. One test asks it.
pub(super) static EVALUATIONS: AtomicUsize = AtomicUsize::new(0);

impl QueryLogic for HowMany {
    async fn answer(&self, read: &Reading<Self>) -> Result<usize, NoAnswer> {
        EVALUATIONS.fetch_add(1, Ordering::Relaxed);
        Ok(read.rows::<BalanceRow>().all().await?.len())
    }
}

#[service(
    commands(Deposit, Rename),
    projections(Balances, Owners),
    queries(RichAccounts, StatementOf, HowMany)
)]
pub(super) struct Bank;

/// A bank whose queries rest as little as they may.
pub(super) async fn bank() -> Runtime {
    bank_on(MemoryStore::new()).await
}

pub(super) async fn bank_on(store: MemoryStore) -> Runtime {
    let policy = QueryPolicy::default()
        .with_pause(Duration::ZERO)
        .with_result_bytes(200);
    Bank::builder(store)
        .query_policy(policy)
        .tenants([TenantId::DEFAULT, acme()])
        .start()
        .await
        .unwrap()
}

pub(super) fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

pub(super) fn deposit(account: &str, cents: i64) -> Deposit {
    Deposit {
        account: AccountId(account.to_owned()),
        cents,
    }
}

/// Deposits, and says where that was recorded.
pub(super) async fn deposited(bank: &Runtime, account: &str, cents: i64) -> Position {
    bank.execute(deposit(account, cents)).await.unwrap().position()
}

pub(super) async fn renamed(bank: &Runtime, account: &str, owner: &str) -> Position {
    let rename = Rename {
        account: AccountId(account.to_owned()),
        owner: owner.to_owned(),
    };
    bank.execute(rename).await.unwrap().position()
}

pub(super) fn row(account: &str, cents: i64) -> BalanceRow {
    BalanceRow {
        account: AccountId(account.to_owned()),
        cents,
    }
}

pub(super) fn json(name: &str, payload: &str) -> WireQuery {
    WireQuery::of(name, WireParameters::Json(payload.to_owned().into()))
}

pub(super) fn form(name: &str, parameters: &str) -> WireQuery {
    WireQuery::of(name, WireParameters::Form(parameters.to_owned()))
}

/// The result of a query by name.
pub(super) async fn ask(bank: &Runtime, query: &WireQuery) -> Result<String, AskError> {
    let answer = bank.queries().ask(query).await?;
    Ok(String::from_utf8(answer.result.to_vec()).unwrap())
}
