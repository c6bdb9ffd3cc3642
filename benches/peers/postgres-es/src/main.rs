//! The bank on cqrs-es and postgres-es. An aggregate is one stream, so there are no transfers; it does not try again, so we
//! do; its queries are told in the process that has committed, so there is nothing that follows the log, only a replay.

mod account;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use cqrs_es::persist::QueryReplay;
use cqrs_es::{AggregateError, EventEnvelope, Query};
use harness::bank::account;
use harness::{Attempt, Audit, Done, Follows, Place, Sink, Subject, retry};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::account::{Account, Command, Event};

fn main() -> ExitCode {
    harness::run::<PostgresEs>()
}

struct PostgresEs {
    pool: PgPool,
    cqrs: PostgresCqrs<Account>,
}

impl Subject for PostgresEs {
    const FOLLOWS: Follows = Follows::Once;

    async fn connect(place: &Place) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(32).min_connections(8);
        let pool = options.connect(&place.at).await?;
        Ok(Self {
            cqrs: postgres_cqrs(pool.clone(), vec![], ()),
            pool,
        })
    }

    async fn create(&self) -> Result<()> {
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        self.attempt(number, Command::Open { number, events }).await?;
        Ok(())
    }

    async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        retry(|| self.attempt(number, Command::Deposit { number, amount })).await
    }

    async fn follow(self: Arc<Self>, sink: Arc<Sink>) -> Result<()> {
        let events = PostgresEventRepository::new(self.pool.clone()).with_streaming_channel_size(1_000);
        let replay = QueryReplay::new(events, Telling(sink));
        replay.replay_all().await.map_err(|error| anyhow!("{error:?}"))
    }

    async fn audit(&self) -> Result<Audit> {
        let (total, lowest) = sqlx::query_as(include_str!("audit.sql"))
            .fetch_one(&self.pool)
            .await?;
        Ok(Audit { total, lowest })
    }
}

impl PostgresEs {
    async fn attempt(&self, number: u64, command: Command) -> Result<Attempt> {
        match self.cqrs.execute(&account(number), command).await {
            Ok(()) => Ok(Attempt::Committed),
            Err(AggregateError::AggregateConflict) => Ok(Attempt::Conflict),
            Err(AggregateError::UserError(_)) => Ok(Attempt::Refused),
            Err(error) => Err(anyhow!("{error:?}")),
        }
    }
}

struct Telling(Arc<Sink>);

#[async_trait]
impl Query<Account> for Telling {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Account>]) {
        for event in events {
            self.0.take(Event::marker(&event.payload));
        }
    }
}
