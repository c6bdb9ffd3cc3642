//! The bank on eventcore, on PostgreSQL, by its macros, with its own retries: four by default. A command that has used them
//! up is executed again.

mod bank;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use eventcore::postgres::PostgresEventStore;
use eventcore::{
    CommandError, CommandLogic, ProjectionConfig, Projector, RetryPolicy, StreamPosition, execute,
    run_projection,
};
use eventcore_types::{EventStore as _, StreamVersion, StreamWrites};
use harness::bank::SEED_AMOUNT;
use harness::{Audit, Done, Follows, Place, Sink, Subject};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::bank::{Deposit, Event, Transfer, stream};

fn main() -> ExitCode {
    harness::run::<Eventcore>()
}

struct Eventcore {
    pool: PgPool,
    store: PostgresEventStore,
}

impl Subject for Eventcore {
    const FOLLOWS: Follows = Follows::Live;

    async fn connect(place: &Place) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(32).min_connections(8);
        let pool = options.connect(&place.at).await?;
        Ok(Self {
            store: PostgresEventStore::from_pool(pool.clone()),
            pool,
        })
    }

    async fn create(&self) -> Result<()> {
        // Its future cannot be proven to be `Send`.
        block_in_place(|| Handle::current().block_on(self.store.migrate()));
        Ok(())
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        let new = StreamWrites::new().register_stream(stream(number)?, StreamVersion::new(0))?;
        let mut writes = new.append(Event::Opened {
            account_id: stream(number)?,
        })?;
        for _ in 1..events {
            writes = writes.append(Event::deposited(stream(number)?, SEED_AMOUNT))?;
        }
        self.store.append_events(writes).await?;
        Ok(())
    }

    async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        let account = stream(number)?;
        self.execute(|| Deposit {
            account: account.clone(),
            amount,
        })
        .await
    }

    async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Option<Done>> {
        let (from, to) = (stream(from)?, stream(to)?);
        let command = || Transfer {
            from: from.clone(),
            to: to.clone(),
            amount,
        };
        Ok(Some(self.execute(command).await?))
    }

    async fn bulk(&self, first: u64, accounts: u64, each: u64) -> Result<Option<()>> {
        let mut writes = StreamWrites::new();
        for number in first..first + accounts {
            writes = writes.register_stream(stream(number)?, StreamVersion::new(0))?;
        }
        for number in first..first + accounts {
            for _ in 0..each {
                writes = writes.append(Event::deposited(stream(number)?, 1))?;
            }
        }
        self.store.append_events(writes).await?;
        Ok(Some(()))
    }

    async fn follow(self: Arc<Self>, sink: Arc<Sink>) -> Result<()> {
        let config = ProjectionConfig::default()
            .continuous()
            .poll_interval(Duration::ZERO)
            .empty_poll_backoff(Duration::from_millis(1));
        let ended = run_projection(Projection(sink), &self.store, config).await;
        ended.map_err(|error| anyhow!("{error:?}"))
    }

    async fn audit(&self) -> Result<Audit> {
        let (total, lowest) = sqlx::query_as(include_str!("audit.sql"))
            .fetch_one(&self.pool)
            .await?;
        Ok(Audit { total, lowest })
    }

    async fn markers(&self) -> Result<Vec<i64>> {
        let query = "select (event_data->>'op')::bigint from eventcore_events where event_data ? 'op'";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }
}

impl Eventcore {
    async fn execute<C: CommandLogic>(&self, command: impl Fn() -> C) -> Result<Done> {
        let mut attempts = 0;
        loop {
            match execute(&self.store, command(), RetryPolicy::new()).await {
                Ok(executed) => {
                    return Ok(Done::Committed {
                        attempts: attempts + executed.attempts(),
                    });
                }
                Err(CommandError::ConcurrencyError(_)) => attempts += 5,
                Err(CommandError::ValidationError(_)) => return Ok(Done::Refused),
                Err(error) => bail!("{error:?}"),
            }
        }
    }
}

struct Projection(Arc<Sink>);

impl Projector for Projection {
    type Event = Event;
    type Error = std::convert::Infallible;
    type Context = ();

    fn apply(&mut self, event: Event, _: StreamPosition, (): &mut ()) -> Result<(), Self::Error> {
        self.0.take(event.marker());
        Ok(())
    }

    fn name(&self) -> &'static str {
        "bench"
    }
}
