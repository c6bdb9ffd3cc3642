//! What one writes by hand with sqlx on PostgreSQL: one table, and in one transaction `SELECT` the stream, `INSERT` under
//! `unique (stream, version)`, `COMMIT`. Four round trips.
//!
//! Variants: `lock` takes an advisory lock on the stream first, so that there are no conflicts; `tenant`, `schema-version` and
//! `content-type` have this one column more, and `columns` has all three.

mod column;
mod event;
mod table;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use harness::bank::{SEED_AMOUNT, account};
use harness::{Attempt, Audit, Done, Follows, Place, Sink, Subject, retry};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::time::sleep;

use crate::column::Column;
use crate::event::Event;
use crate::table::Table;

fn main() -> ExitCode {
    harness::run::<Hand>()
}

struct Hand {
    pool: PgPool,
    table: Table,
    locks: bool,
}

impl Subject for Hand {
    const FOLLOWS: Follows = Follows::Live;

    async fn connect(place: &Place) -> Result<Self> {
        let columns = match place.variant.as_str() {
            "" | "lock" => vec![],
            "tenant" => vec![Column::Tenant],
            "schema-version" => vec![Column::SchemaVersion],
            "content-type" => vec![Column::ContentType],
            "columns" => Column::ALL.to_vec(),
            other => bail!("there is no variant `{other}`"),
        };
        let options = PgPoolOptions::new().max_connections(32).min_connections(8);
        Ok(Self {
            pool: options.connect(&place.at).await?,
            table: Table::with(columns),
            locks: place.variant == "lock",
        })
    }

    async fn create(&self) -> Result<()> {
        Ok(self.table.create(&self.pool).await?)
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        let opened = Event::Opened {
            account_id: account(number),
        };
        let deposits = (1..events).map(|_| Event::deposited(number, SEED_AMOUNT));
        let events: Vec<_> = [opened].into_iter().chain(deposits).collect();
        self.table
            .insert_all(&self.pool, vec![account(number)], &events)
            .await
    }

    async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        retry(|| async { attempted(self.try_deposit(number, amount).await) }).await
    }

    async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Option<Done>> {
        let done = retry(|| async { attempted(self.try_transfer(from, to, amount).await) });
        Ok(Some(done.await?))
    }

    async fn bulk(&self, first: u64, accounts: u64, each: u64) -> Result<Option<()>> {
        let numbers = first..first + accounts;
        let events = numbers
            .clone()
            .flat_map(|number| (0..each).map(move |_| Event::deposited(number, 1)));
        let (streams, events) = (numbers.map(account).collect(), events.collect::<Vec<_>>());
        self.table.insert_all(&self.pool, streams, &events).await?;
        Ok(Some(()))
    }

    /// By position, as it is mostly done: what commits late is passed over.
    async fn follow(self: Arc<Self>, sink: Arc<Sink>) -> Result<()> {
        let mut last = 0;
        loop {
            let rows = self.table.page(&self.pool, last).await?;
            let Some((end, _)) = rows.last() else {
                sleep(Duration::from_millis(1)).await;
                continue;
            };
            last = *end;
            for (_, event) in rows {
                sink.take(event.0.marker());
            }
            sqlx::query(
                "insert into checkpoints values ('bench', $1)
                 on conflict (name) do update set position = excluded.position",
            )
            .bind(last)
            .execute(&self.pool)
            .await?;
        }
    }

    async fn audit(&self) -> Result<Audit> {
        let (total, lowest) = sqlx::query_as(include_str!("audit.sql"))
            .fetch_one(&self.pool)
            .await?;
        Ok(Audit { total, lowest })
    }

    async fn markers(&self) -> Result<Vec<i64>> {
        let query = "select (payload->>'op')::bigint from events where event_type <> 'Opened'";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }
}

impl Hand {
    async fn try_deposit(&self, number: u64, amount: i64) -> sqlx::Result<Attempt> {
        let stream = account(number);
        let mut transaction = self.begin(&[&stream]).await?;
        let state = self.table.load(&mut transaction, &stream).await?;
        if !state.open {
            return Ok(Attempt::Refused);
        }
        let event = Event::deposited(number, amount);
        self.table
            .insert(&mut transaction, &stream, state.version + 1, &event)
            .await?;
        transaction.commit().await?;
        Ok(Attempt::Committed)
    }

    async fn try_transfer(&self, from: u64, to: u64, amount: i64) -> sqlx::Result<Attempt> {
        let streams = [account(from), account(to)];
        // Always in the same order, or else opposite transfers lock each other out.
        let sorted = [account(from.min(to)), account(from.max(to))];
        let mut transaction = self.begin(&[&sorted[0], &sorted[1]]).await?;
        let giver = self.table.load(&mut transaction, &streams[0]).await?;
        let taker = self.table.load(&mut transaction, &streams[1]).await?;
        if !giver.open || !taker.open || giver.balance < amount {
            return Ok(Attempt::Refused);
        }
        let mut writes = [
            (from, giver.version + 1, Event::withdrawn(from, amount)),
            (to, taker.version + 1, Event::deposited(to, amount)),
        ];
        writes.sort_by_key(|(number, ..)| *number);
        for (number, version, event) in &writes {
            self.table
                .insert(&mut transaction, &account(*number), *version, event)
                .await?;
        }
        transaction.commit().await?;
        Ok(Attempt::Committed)
    }

    async fn begin(&self, streams: &[&str]) -> sqlx::Result<Transaction<'static, Postgres>> {
        let mut transaction = self.pool.begin().await?;
        if self.locks {
            for stream in streams {
                sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
                    .bind(stream)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        Ok(transaction)
    }
}

fn attempted(attempt: sqlx::Result<Attempt>) -> Result<Attempt> {
    match attempt {
        Err(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("23505" | "40001" | "40P01")) =>
        {
            Ok(Attempt::Conflict)
        }
        other => Ok(other?),
    }
}
