//! What one writes by hand with rusqlite: one table, one connection behind a mutex, one transaction for each command. A
//! connection for each client and a busy timeout is slower as soon as there are two clients.
//!
//! `synchronous` is `FULL`; variant `normal` leaves out the sync of each commit.

mod event;

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use harness::bank::{SEED_AMOUNT, account};
use harness::{Audit, Done, Place, Subject};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::task::block_in_place;

use crate::event::{Account, Event};

fn main() -> ExitCode {
    harness::run::<Hand>()
}

struct Hand {
    connection: Mutex<Connection>,
}

impl Subject for Hand {
    async fn connect(place: &Place) -> Result<Self> {
        let connection = Connection::open(&place.at)?;
        let synchronous = if place.variant == "normal" {
            "normal"
        } else {
            "full"
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    async fn create(&self) -> Result<()> {
        self.alone(|connection| Ok(connection.execute_batch(include_str!("schema.sql"))?))
    }

    async fn open(&self, number: u64, events: u64) -> Result<()> {
        let stream = account(number);
        self.transact(|transaction| {
            insert(
                transaction,
                &stream,
                1,
                &Event::Opened {
                    account_id: stream.clone(),
                },
            )?;
            for version in 2..=events {
                insert(
                    transaction,
                    &stream,
                    version,
                    &Event::deposited(number, SEED_AMOUNT),
                )?;
            }
            Ok(ONCE)
        })?;
        Ok(())
    }

    async fn deposit(&self, number: u64, amount: i64) -> Result<Done> {
        let stream = account(number);
        self.transact(|transaction| {
            let state = load(transaction, &stream)?;
            if !state.open {
                return Ok(Done::Refused);
            }
            insert(
                transaction,
                &stream,
                state.version + 1,
                &Event::deposited(number, amount),
            )?;
            Ok(ONCE)
        })
    }

    async fn transfer(&self, from: u64, to: u64, amount: i64) -> Result<Option<Done>> {
        let (giver, taker) = (account(from), account(to));
        let done = self.transact(|transaction| {
            let (gives, takes) = (load(transaction, &giver)?, load(transaction, &taker)?);
            if !gives.open || !takes.open || gives.balance < amount {
                return Ok(Done::Refused);
            }
            insert(
                transaction,
                &giver,
                gives.version + 1,
                &Event::withdrawn(from, amount),
            )?;
            insert(
                transaction,
                &taker,
                takes.version + 1,
                &Event::deposited(to, amount),
            )?;
            Ok(ONCE)
        })?;
        Ok(Some(done))
    }

    async fn audit(&self) -> Result<Audit> {
        self.alone(|connection| {
            let row = connection.query_row(include_str!("audit.sql"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            Ok(Audit {
                total: row.0,
                lowest: row.1,
            })
        })
    }
}

/// Whoever holds the connection meets no conflict.
const ONCE: Done = Done::Committed { attempts: 1 };

impl Hand {
    /// Does something while all others wait.
    fn alone<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        block_in_place(|| work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn transact(&self, work: impl FnOnce(&Transaction<'_>) -> Result<Done>) -> Result<Done> {
        self.alone(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }
}

fn load(connection: &Connection, stream: &str) -> Result<Account> {
    let mut query =
        connection.prepare_cached("select payload from events where stream = ?1 order by version")?;
    let mut rows = query.query([stream])?;
    let mut state = Account::default();
    while let Some(row) = rows.next()? {
        state.apply(&serde_json::from_slice(row.get_ref(0)?.as_blob()?)?);
    }
    Ok(state)
}

fn insert(connection: &Connection, stream: &str, version: u64, event: &Event) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "insert into events (stream, version, type, payload, created_at)
         values (?1, ?2, ?3, ?4, unixepoch('subsec'))",
    )?;
    statement.execute((
        stream,
        i64::try_from(version)?,
        event.kind(),
        serde_json::to_vec(event)?,
    ))?;
    Ok(())
}
