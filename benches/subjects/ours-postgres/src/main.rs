//! The bank on `eventsourcing`, on PostgreSQL.
//!
//! Variants: `ids` gives each command an id of its own; `links` makes a transfer one event in two streams; `no-cache` keeps
//! no states; `warm` has looked at all accounts before; `quiet` neither sends nor awaits notifications; `no-type-index` lacks the
//! indexes by which feeds find types and categories.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use eventsourcing_postgres::PostgresOptions;
use harness::{Audit, Done, Follows, Place, Sink, Subject};
use ours::{Bank, Extra};
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

fn main() -> ExitCode {
    harness::run::<OnPostgres>()
}

struct OnPostgres {
    bank: Bank,
    auditor: Client,
    _connection: JoinSet<()>,
}

impl Subject for OnPostgres {
    const FOLLOWS: Follows = Follows::Live;

    async fn connect(place: &Place) -> Result<Self> {
        let (auditor, connection) = tokio_postgres::connect(&place.at, NoTls).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async {
            // Whoever uses it learns why it has ended.
            let _ = connection.await;
        });
        let mut options = PostgresOptions::new(&place.at)?;
        let mut extra = Extra::Nothing;
        match place.variant.as_str() {
            "" => {}
            "ids" => extra = Extra::CommandIds,
            "links" => extra = Extra::Links,
            "no-cache" => extra = Extra::NoCache,
            "warm" => extra = Extra::Warm,
            "quiet" => options = options.without_notify(),
            "no-type-index" => auditor.batch_execute(include_str!("no_type_index.sql")).await?,
            other => bail!("there is no variant `{other}`"),
        }
        let bank = Bank::new(options.connect().await?, extra).await?;
        Ok(Self {
            bank,
            auditor,
            _connection: tasks,
        })
    }

    /// The store makes its schema when it connects.
    async fn create(&self) -> Result<()> {
        Ok(())
    }

    async fn open(&self, account: u64, events: u64) -> Result<()> {
        self.bank.open(account, events).await
    }

    async fn deposit(&self, account: u64, amount: i64) -> Result<Done> {
        self.bank.deposit(account, amount).await
    }

    async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Option<Done>> {
        Ok(Some(self.bank.transfer(from, to, amount).await?))
    }

    async fn bulk(&self, first: u64, accounts: u64, each: u64) -> Result<Option<()>> {
        Ok(Some(self.bank.bulk(first, accounts, each).await?))
    }

    async fn follow(self: Arc<Self>, sink: Arc<Sink>) -> Result<()> {
        self.bank.follow(&sink).await
    }

    async fn audit(&self) -> Result<Audit> {
        let row = self.auditor.query_one(include_str!("audit.sql"), &[]).await?;
        Ok(Audit {
            total: row.try_get(0)?,
            lowest: row.try_get(1)?,
        })
    }

    async fn markers(&self) -> Result<Vec<i64>> {
        let query = "select (payload->>'op')::bigint from eventsourcing.log where payload ? 'op'";
        let rows = self.auditor.query(query, &[]).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}
