#![expect(clippy::assigning_clones, reason = "the chapter shows the plainer way")]

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::time::Duration;

use eventsourcing::TenantId;
use eventsourcing::execute::{ExecuteError, Executed};
use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::sqlx::sqlite::SqliteConnectOptions;
use eventsourcing::postgres::sqlx::{self, Connection as _, PgPool, Row as _, SqliteConnection};
use eventsourcing::postgres::{PgTx, PostgresOptions};
use eventsourcing::prelude::*;
use eventsourcing::projection::{LeasePolicy, OnFailure, Pending, ProjectionPolicy, RowError, WaitForError};
use eventsourcing::service::{Runtime, StartError};
use eventsourcing::sqlite::{SqliteStore, SqliteTx};
use eventsourcing::testing::scenario;

use super::commands::AccountId;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        owner: String,
    },
    Transferred {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        cents: i64,
    },
    Closed {
        #[stream]
        account: AccountId,
    },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Opened))]
pub struct OpenAccount {
    #[stream]
    account: AccountId,
    owner: String,
}

impl CommandLogic for OpenAccount {
    type Error = Infallible;

    fn handle(&self, _: &OpenAccountState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (account, owner) = (self.account.clone(), self.owner.clone());
        emit!(cx, AccountEvent::Opened { account, owner });
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Transferred))]
pub struct Transfer {
    #[stream]
    from: AccountId,
    #[stream]
    to: AccountId,
    cents: i64,
}

impl CommandLogic for Transfer {
    type Error = Infallible;

    fn handle(&self, _: &TransferState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (from, to) = (self.from.clone(), self.to.clone());
        emit!(
            cx,
            AccountEvent::Transferred {
                from,
                to,
                cents: self.cents
            }
        );
        Ok(())
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "balances")]
pub struct BalanceRow {
    #[key]
    pub account: AccountId,
    pub owner: String,
    #[index]
    pub cents: i64,
    pub note: Option<String>,
    #[column(json)]
    pub tags: Vec<String>,
}

#[derive(Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow)]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).owner = owner.to_owned();
    }

    #[on(AccountEvent::Transferred)]
    fn transferred(
        &self,
        from: &AccountId,
        to: &AccountId,
        cents: &i64,
        rows: &mut Rows<BalanceRow>,
    ) -> Result<(), RowError> {
        rows.existing(from)?.cents -= cents;
        rows.existing(to)?.cents += cents;
        Ok(())
    }

    #[on(AccountEvent::Closed)]
    fn closed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.remove(account);
    }
}

#[service(
    commands(OpenAccount, Transfer),
    projections(Balances),
    extern_events(AccountEvent = "accounts are closed by the back office")
)]
pub struct Bank;

async fn the_richest(bank: &Runtime) -> Result<Vec<BalanceRow>, Box<dyn std::error::Error>> {
    let ten = NonZeroUsize::new(10).ok_or("ten is not zero")?;
    let rich = bank
        .rows::<BalanceRow>()
        .filter(BalanceRow::CENTS.at_least(100_000))
        .order_by(BalanceRow::CENTS.descending())
        .limit(ten)
        .all()
        .await?;
    Ok(rich)
}

async fn transfer_and_look(bank: &Runtime, transfer: Transfer) -> Result<(), Box<dyn std::error::Error>> {
    let to = transfer.to.clone();
    let done = bank.execute(transfer).await?;
    bank.wait_for::<Balances>(&done).await?;
    let row = bank.rows::<BalanceRow>().get(&to).await?;
    println!("{row:?}");
    Ok(())
}

async fn is_seen(bank: &Runtime, done: Executed) -> Result<bool, Box<dyn std::error::Error>> {
    let seen = match bank.wait_for::<Balances>(&done).await {
        Ok(caught_up) => caught_up.parked_events == 0,
        // What was just done is not in the rows.
        Err(WaitForError::Parked { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    Ok(seen)
}

async fn repair(bank: &Runtime, tenant: TenantId) -> Result<(), Box<dyn std::error::Error>> {
    let a_hundred = NonZeroUsize::new(100).ok_or("a hundred is not zero")?;
    let parked = bank
        .projections()
        .parked(&tenant, "balances", None, a_hundred)
        .await?;
    for event in parked.iter().filter(|event| event.reason.is_some()) {
        println!("{} of {}: {:?}", event.event_type, event.sequence, event.reason);
        bank.projections()
            .retry(&tenant, "balances", &event.sequence)
            .await?;
    }
    Ok(())
}

async fn that_stands_still(store: MemoryStore) -> Result<Runtime, Box<dyn std::error::Error>> {
    let bank = Bank::builder(store)
        .projection_policy(ProjectionPolicy::default().when_rebuilding(OnFailure::Stop))
        .projection_policy_of::<Balances>(ProjectionPolicy::default().on_failure(OnFailure::Stop))
        .start()
        .await?;
    Ok(bank)
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "owners")]
pub struct OwnerRow {
    #[key]
    pub owner: String,
    pub accounts: u32,
}

#[derive(Default)]
pub struct Owners;

#[projection(name = "owners", version = 1, row = OwnerRow, parallel_by = owner)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, owner: &str, rows: &mut Rows<OwnerRow>) {
        rows.entry(owner).accounts += 1;
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "outgoings")]
pub struct OutgoingRow {
    #[key]
    pub from: AccountId,
    pub cents: i64,
}

#[derive(Default)]
pub struct Outgoings;

#[projection(name = "outgoings", version = 1, row = OutgoingRow, parallel_by = from, slices = 8)]
impl Outgoings {
    #[on(AccountEvent::Transferred)]
    fn transferred(&self, from: &AccountId, cents: &i64, rows: &mut Rows<OutgoingRow>) {
        rows.entry(from).cents += cents;
    }
}

#[derive(Row, Clone, Debug, PartialEq)]
#[row(table = "lives")]
pub struct LifeRow {
    #[key]
    pub account: AccountId,
    pub changes: u32,
}

#[derive(Default)]
pub struct Lives;

#[projection(name = "lives", version = 1, row = LifeRow, slices = 8)]
impl Lives {
    #[on([AccountEvent::Opened, AccountEvent::Closed])]
    fn changed(&self, account: &AccountId, rows: &mut Rows<LifeRow>) {
        rows.entry(account).changes += 1;
    }
}

fn account(name: &str) -> AccountId {
    AccountId(name.into())
}

fn opened(name: &str, owner: &str) -> AccountEvent {
    AccountEvent::Opened {
        account: account(name),
        owner: owner.into(),
    }
}

fn transferred(from: &str, to: &str, cents: i64) -> AccountEvent {
    AccountEvent::Transferred {
        from: account(from),
        to: account(to),
        cents,
    }
}

fn row(name: &str, owner: &str, cents: i64) -> BalanceRow {
    BalanceRow {
        owner: owner.into(),
        cents,
        ..BalanceRow::new_of(&account(name))
    }
}

#[test]
fn a_transfer_changes_two_balances() {
    scenario()
        .given([opened("a", "Ada"), opened("b", "Bob")])
        .projection(Balances)
        .when([transferred("a", "b", 30)])
        .then_rows([row("a", "Ada", -30), row("b", "Bob", 30)])
        .when([AccountEvent::Closed {
            account: account("a"),
        }])
        .then_no_row(&account("a"))
        .when([transferred("b", "nobody", 1)])
        .then_fails();
}

async fn look_at_what_is_there(bank: &Runtime) -> Result<usize, Box<dyn std::error::Error>> {
    let so_far = bank.rows::<BalanceRow>().even_if_not_ready().all().await?;
    Ok(so_far.len())
}

async fn start_as_one_of_several(store: MemoryStore) -> Result<Runtime, StartError> {
    let bank = Bank::builder(store)
        .lease_policy(
            LeasePolicy::default()
                .with_ttl(Duration::from_secs(30))
                .with_label("pod 7"),
        )
        .start()
        .await?;
    Ok(bank)
}

#[tokio::test]
async fn processes_take_turns() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    for round in 1..3 {
        let bank = start_as_one_of_several(store.clone()).await?;
        let (account, owner) = (account(&round.to_string()), "Ada".into());
        let opened = bank.execute(OpenAccount { account, owner }).await?;
        bank.wait_for::<Balances>(opened.position()).await?;
        assert_eq!(bank.rows::<BalanceRow>().all().await?.len(), round);
        assert_eq!(look_at_what_is_there(&bank).await?, round);
        bank.shutdown(Duration::from_mins(1)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn rows_are_asked_for() -> Result<(), Box<dyn std::error::Error>> {
    let bank = Bank::builder(MemoryStore::new()).start().await?;
    for name in ["a", "b"] {
        let (account, owner) = (account(name), "Ada".into());
        bank.execute(OpenAccount { account, owner }).await?;
    }
    let transfer = Transfer {
        from: account("a"),
        to: account("b"),
        cents: 100_000,
    };
    transfer_and_look(&bank, transfer).await?;
    assert_eq!(the_richest(&bank).await?, [row("b", "Ada", 100_000)]);
    Ok(())
}

/// A transfer to somebody who has no account.
async fn transfer_to_nobody(bank: &Runtime) -> Result<Executed, Box<dyn std::error::Error>> {
    let (account, owner) = (account("a"), "Ada".into());
    bank.execute(OpenAccount {
        account: account.clone(),
        owner,
    })
    .await?;
    let transfer = Transfer {
        from: account,
        to: AccountId("nobody".into()),
        cents: 1,
    };
    Ok(bank.execute(transfer).await?)
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_projected_is_parked_and_told() -> Result<(), Box<dyn std::error::Error>> {
    let bank = Bank::builder(MemoryStore::new()).start().await?;
    let done = transfer_to_nobody(&bank).await?;
    assert!(!is_seen(&bank, done).await?);
    let error = repair(&bank, TenantId::DEFAULT).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("there is no row `nobody` in `balances`"),
        "{error}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_projection_may_stand_still_instead() -> Result<(), Box<dyn std::error::Error>> {
    let bank = that_stands_still(MemoryStore::new()).await?;
    let done = transfer_to_nobody(&bank).await?;
    let error = is_seen(&bank, done).await.unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(WaitForError::Failed { .. })),
        "{error}"
    );
    Ok(())
}

#[test]
fn outgoings_are_added_up_by_account() {
    let _ = scenario()
        .projection(Outgoings)
        .when([
            transferred("a", "b", 30),
            transferred("b", "a", 10),
            transferred("a", "b", 5),
        ])
        .then_rows([("a", 35), ("b", 10)].map(|(from, cents)| OutgoingRow {
            from: account(from),
            cents,
        }));
}

#[test]
fn changes_are_counted_by_account() {
    let _ = scenario()
        .projection(Lives)
        .when([opened("a", "Ada"), opened("b", "Bob"), opened("a", "Ada")])
        .then_rows([("a", 2), ("b", 1)].map(|(name, changes)| LifeRow {
            account: account(name),
            changes,
        }));
}

#[test]
fn accounts_are_counted_by_owner() {
    let _ = scenario()
        .projection(Owners)
        .when([opened("a", "Ada"), opened("b", "Ada")])
        .then_rows([OwnerRow {
            owner: "Ada".into(),
            accounts: 2,
        }]);
}

#[derive(Default)]
pub struct Statement;

#[projection(name = "statement", version = 1, tables("statement"))]
impl Statement {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (line bigserial primary key, account text not null, cents numeric not null)",
            [Self::STATEMENT],
        );
        sqlx::query(table).execute(&mut **tx).await?;
        Ok(())
    }

    #[on(AccountEvent::Transferred)]
    async fn transferred(
        &self,
        from: &AccountId,
        to: &AccountId,
        cents: &i64,
        tx: &mut PgTx,
    ) -> sqlx::Result<()> {
        let lines = tx.sql(
            "insert into {} (account, cents) values ($1, - $3), ($2, $3)",
            [Self::STATEMENT],
        );
        let lines = sqlx::query(lines).bind(&from.0).bind(&to.0).bind(cents);
        lines.execute(&mut **tx).await?;
        Ok(())
    }
}

#[derive(Default)]
pub struct Notebook;

#[projection(name = "notebook", version = 1, tables("notebook"))]
impl Notebook {
    #[create]
    async fn create(&self, tx: &mut SqliteTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (line integer primary key, account text not null, cents integer not null) strict",
            [Self::NOTEBOOK],
        );
        sqlx::query(table).execute(&mut **tx).await?;
        Ok(())
    }

    #[on(AccountEvent::Transferred)]
    async fn transferred(
        &self,
        from: &AccountId,
        to: &AccountId,
        cents: &i64,
        tx: &mut SqliteTx,
    ) -> sqlx::Result<()> {
        let lines = tx.sql(
            "insert into {} (account, cents) values ($1, - $3), ($2, $3)",
            [Self::NOTEBOOK],
        );
        let lines = sqlx::query(lines).bind(&from.0).bind(&to.0).bind(cents);
        lines.execute(&mut **tx).await?;
        Ok(())
    }
}

#[service(
    commands(OpenAccount, Transfer),
    projections(Notebook),
    extern_events(AccountEvent = "accounts are closed by the back office")
)]
pub struct NotebookBank;

#[tokio::test]
async fn a_transfer_is_two_lines_of_the_notebook() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let store = SqliteStore::open(&file).await.unwrap();
    let bank = NotebookBank::builder(store).start().await.unwrap();
    let transfer = Transfer {
        from: account("a"),
        to: account("b"),
        cents: 30,
    };
    let done = bank.execute(transfer).await.unwrap();
    bank.wait_for::<Notebook>(&done).await.unwrap();
    let file = SqliteConnectOptions::new().filename(file);
    let mut file = SqliteConnection::connect_with(&file).await.unwrap();
    let lines = sqlx::query_scalar("select cents from notebook order by line");
    let lines: Vec<i64> = lines.fetch_all(&mut file).await.unwrap();
    assert_eq!(lines, [-30, 30]);
    bank.shutdown(Duration::from_mins(1)).await.unwrap();
}

#[derive(Default)]
pub struct Overdrawn;

#[projection(name = "overdrawn", version = 1, tables("overdrawn"), inline)]
impl Overdrawn {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (account text primary key, cents bigint not null check (cents >= -100000))",
            [Self::OVERDRAWN],
        );
        sqlx::query(table).execute(&mut **tx).await?;
        Ok(())
    }

    #[on(AccountEvent::Transferred)]
    async fn transferred(
        &self,
        event: &Pending<AccountEvent>,
        from: &AccountId,
        cents: &i64,
        tx: &mut PgTx,
    ) -> sqlx::Result<()> {
        let spend = tx.sql(
            "insert into {} as o values ($1, - $2) on conflict (account) do update set cents = o.cents - $2",
            [Self::OVERDRAWN],
        );
        let spend = sqlx::query(spend).bind(&from.0).bind(cents);
        spend.execute(&mut **tx).await?;
        println!("{} belongs to {}", event.id(), event.stream());
        Ok(())
    }
}

#[service(
    commands(OpenAccount, Transfer),
    projections(Statement, Overdrawn),
    extern_events(AccountEvent = "accounts are closed by the back office")
)]
pub struct StatementBank;

async fn with_statements(address: &str) -> Result<Runtime, Box<dyn std::error::Error>> {
    let pool = PgPool::connect(address).await?;
    let store = PostgresOptions::new(address)?.sql_pool(pool).connect().await?;
    let bank = StatementBank::builder(store).start().await?;
    Ok(bank)
}

#[tokio::test]
async fn a_transfer_is_two_lines_of_the_statement() {
    let server = postgres_server::Server::start().unwrap();
    let bank = with_statements(&server.url()).await.unwrap();
    let transfer = Transfer {
        from: account("a"),
        to: account("b"),
        cents: 30,
    };
    bank.execute(transfer).await.unwrap();
    bank.settled().await.unwrap();
    let pool = PgPool::connect(&server.url()).await.unwrap();
    let lines = sqlx::query("select account, cents::bigint from eventsourcing.statement order by line");
    let lines = lines.fetch_all(&pool).await.unwrap();
    let lines: Vec<(String, i64)> = lines.iter().map(|line| (line.get(0), line.get(1))).collect();
    assert_eq!(lines, [("a".to_owned(), -30), ("b".to_owned(), 30)]);

    let too_much = Transfer {
        from: account("a"),
        to: account("b"),
        cents: 100_000,
    };
    let refused = bank.execute(too_much).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Inline { .. }), "{refused}");
}
