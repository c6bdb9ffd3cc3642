//! What one writes by hand with sqlx on PostgreSQL: one table, and in one transaction `SELECT` the stream, `INSERT` under
//! `unique (stream, version)`, `COMMIT`. Four round trips.
//!
//! Variant `lock`: takes an advisory lock on the stream first, so that there are no conflicts.

mod event;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use harness::bank::{SEED_AMOUNT, account};
use harness::{Attempt, Audit, Done, Follows, Place, Sink, Subject, retry};
use sqlx::postgres::PgPoolOptions;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tokio::time::sleep;

use crate::event::{Account, Event};

fn main() -> ExitCode {
    harness::run::<Hand>()
}

struct Hand {
    pool: PgPool,
    locks: bool,
}

impl Subject for Hand {
    const FOLLOWS: Follows = Follows::Live;

    async fn connect(place: &Place) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(32).min_connections(8);
        Ok(Self {
            pool: options.connect(&place.at).await?,
            locks: place.variant == "lock",
        })
    }

    async fn create(&self) -> Result<()> {
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        let opened = Event::Opened {
            account_id: account(number),
        };
        let deposits = (1..events).map(|_| Event::deposited(number, SEED_AMOUNT));
        self.append_all(
            vec![account(number)],
            [opened].into_iter().chain(deposits).collect(),
        )
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
        self.append_all(numbers.map(account).collect(), events.collect())
            .await?;
        Ok(Some(()))
    }

    /// By position, as it is mostly done: what commits late is passed over.
    async fn follow(self: Arc<Self>, sink: Arc<Sink>) -> Result<()> {
        let mut last = 0;
        loop {
            let rows: Vec<(i64, Json<Event>)> = sqlx::query_as(
                "select position, payload from events where position > $1 order by position limit 1000",
            )
            .bind(last)
            .fetch_all(&self.pool)
            .await?;
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
        let state = load(&mut transaction, &stream).await?;
        if !state.open {
            return Ok(Attempt::Refused);
        }
        insert(
            &mut transaction,
            &stream,
            state.version + 1,
            &Event::deposited(number, amount),
        )
        .await?;
        transaction.commit().await?;
        Ok(Attempt::Committed)
    }

    async fn try_transfer(&self, from: u64, to: u64, amount: i64) -> sqlx::Result<Attempt> {
        let streams = [account(from), account(to)];
        // Always in the same order, or else opposite transfers lock each other out.
        let sorted = [account(from.min(to)), account(from.max(to))];
        let mut transaction = self.begin(&[&sorted[0], &sorted[1]]).await?;
        let giver = load(&mut transaction, &streams[0]).await?;
        let taker = load(&mut transaction, &streams[1]).await?;
        if !giver.open || !taker.open || giver.balance < amount {
            return Ok(Attempt::Refused);
        }
        let mut writes = [
            (from, giver.version + 1, Event::withdrawn(from, amount)),
            (to, taker.version + 1, Event::deposited(to, amount)),
        ];
        writes.sort_by_key(|(number, ..)| *number);
        for (number, version, event) in &writes {
            insert(&mut transaction, &account(*number), *version, event).await?;
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

    /// Writes the first events of new streams, as many to each.
    async fn append_all(&self, streams: Vec<String>, events: Vec<Event>) -> Result<()> {
        let each = i64::try_from(events.len() / streams.len())?;
        sqlx::query(
            "insert into events (stream, version, event_type, payload)
             select ($1::text[])[(nth - 1) / $2 + 1], (nth - 1) % $2 + 1, kind, payload
               from unnest($3::text[], $4::jsonb[]) with ordinality given(kind, payload, nth)",
        )
        .bind(streams)
        .bind(each)
        .bind(events.iter().map(Event::kind).collect::<Vec<_>>())
        .bind(events.iter().map(Json).collect::<Vec<_>>())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

async fn load(connection: &mut PgConnection, stream: &str) -> sqlx::Result<Account> {
    let rows: Vec<(Json<Event>,)> =
        sqlx::query_as("select payload from events where stream = $1 order by version")
            .bind(stream)
            .fetch_all(connection)
            .await?;
    let mut state = Account::default();
    for (event,) in &rows {
        state.apply(event);
    }
    Ok(state)
}

async fn insert(
    connection: &mut PgConnection,
    stream: &str,
    version: i64,
    event: &Event,
) -> sqlx::Result<()> {
    sqlx::query("insert into events (stream, version, event_type, payload) values ($1, $2, $3, $4)")
        .bind(stream)
        .bind(version)
        .bind(event.kind())
        .bind(Json(event))
        .execute(connection)
        .await?;
    Ok(())
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
