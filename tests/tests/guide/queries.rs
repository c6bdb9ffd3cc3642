use std::convert::Infallible;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::query::QueryCache;
use eventsourcing::service::Runtime;

use super::commands::AccountId;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        cents: i64,
    },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Opened))]
pub struct OpenAccount {
    #[stream]
    account: AccountId,
    cents: i64,
}

impl CommandLogic for OpenAccount {
    type Error = Infallible;

    fn handle(&self, _: &OpenAccountState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (account, cents) = (self.account.clone(), self.cents);
        emit!(cx, AccountEvent::Opened { account, cents });
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq, Serialize)]
#[row(table = "balances")]
pub struct BalanceRow {
    #[key]
    pub account: AccountId,
    #[index]
    pub cents: i64,
}

#[derive(Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, cents: &i64, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).cents = *cents;
    }
}

#[derive(Query, Clone, Debug, Serialize, Deserialize)]
#[query(result = Vec<BalanceRow>, of(Balances))]
pub struct RichAccounts {
    pub at_least: i64,
}

impl QueryLogic for RichAccounts {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<BalanceRow>, NoAnswer> {
        let rich = read
            .rows::<BalanceRow>()
            .filter(BalanceRow::CENTS.at_least(self.at_least));
        Ok(rich.all().await?)
    }
}

#[derive(Query, Clone, Debug, Serialize, Deserialize)]
#[query(result = BalanceRow, of(Balances))]
pub struct StatementOf {
    pub account: AccountId,
}

impl QueryLogic for StatementOf {
    async fn answer(&self, read: &Reading<Self>) -> Result<BalanceRow, NoAnswer> {
        let row = read.rows::<BalanceRow>().get(&self.account).await?;
        row.ok_or_else(|| NoAnswer::refused("there is no such account"))
    }
}

#[service(
    commands(OpenAccount),
    projections(Balances),
    queries(RichAccounts, StatementOf)
)]
pub struct Bank;

async fn start(store: MemoryStore) -> Result<Runtime, Box<dyn std::error::Error>> {
    let minute = QueryCache::for_at_most(Duration::from_mins(1)).up_to(1024 * 1024);
    let bank = Bank::builder(store).cache::<RichAccounts>(minute).start().await?;
    Ok(bank)
}

#[tokio::test]
async fn queries_are_asked_and_followed() -> Result<(), Box<dyn std::error::Error>> {
    let bank = start(MemoryStore::new()).await?;
    let mut live = bank.follow(RichAccounts { at_least: 100 }).await?;
    let first = live.next().await?;
    assert!(first.is_empty());

    let shown = first.revision()?;
    drop(live);
    let mut live = bank.follow(RichAccounts { at_least: 100 }).after(shown).await?;

    let account = AccountId("ada".into());
    let open = OpenAccount {
        account: account.clone(),
        cents: 100,
    };
    let done = bank.execute(open).await?;
    let statement = bank.query(StatementOf { account }).at(done.position()).await?;
    assert_eq!(statement.cents, 100);
    assert_eq!(*live.next().await?, [statement.into_result()]);
    Ok(())
}
