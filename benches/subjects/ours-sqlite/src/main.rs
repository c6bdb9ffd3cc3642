//! The bank on `eventsourcing`, on SQLite, with `synchronous = FULL`.
//!
//! Variants: `normal` leaves out the sync of each commit; `ids` gives each command an id of its own; `links` makes a transfer
//! one event in two streams; `no-cache` keeps no states; `warm` has looked at all accounts
//! before.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use eventsourcing_sqlite::{SqliteOptions, Synchronous};
use harness::{Audit, Done, Follows, Place, Sink, Subject};
use ours::{Bank, Extra};
use rusqlite::Connection;

fn main() -> ExitCode {
    harness::run::<OnSqlite>()
}

struct OnSqlite {
    bank: Bank,
    path: String,
}

impl Subject for OnSqlite {
    const FOLLOWS: Follows = Follows::Live;

    async fn connect(place: &Place) -> Result<Self> {
        let mut options = SqliteOptions::new();
        let mut extra = Extra::Nothing;
        match place.variant.as_str() {
            "" => {}
            "ids" => extra = Extra::CommandIds,
            "links" => extra = Extra::Links,
            "no-cache" => extra = Extra::NoCache,
            "warm" => extra = Extra::Warm,
            "normal" => options = options.synchronous(Synchronous::Normal),
            other => bail!("there is no variant `{other}`"),
        }
        let bank = Bank::new(options.open(&place.at).await?, extra).await?;
        Ok(Self {
            bank,
            path: place.at.clone(),
        })
    }

    /// The store makes its schema when it is opened.
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
        let (total, lowest) =
            Connection::open(&self.path)?.query_row(include_str!("audit.sql"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(Audit { total, lowest })
    }

    async fn markers(&self) -> Result<Vec<i64>> {
        let auditor = Connection::open(&self.path)?;
        let query =
            "select json_extract(cast(payload as text), '$.op') as op from es_events where op is not null";
        let mut query = auditor.prepare(query)?;
        let markers = query.query_map([], |row| row.get(0))?;
        Ok(markers.collect::<Result<_, _>>()?)
    }
}
