//! The schema of the file, brought up to date by whoever opens it.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use uuid::Uuid;

use eventsourcing_core::Timestamp;

use super::OpenError;

/// What makes each version out of the one before. Never changed once released.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/0001_store.sql")];

/// Marks files that were made for a store, so that tools can tell what they are: `evnt`.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"evnt");

/// Refuses files of others and of newer versions, before anything is changed.
pub(super) fn check(connection: &Connection) -> Result<(), OpenError> {
    let application_id = application_id(connection)?;
    match version(connection)? {
        None if application_id != 0 && application_id != APPLICATION_ID => {
            Err(OpenError::OtherApplication { application_id })
        }
        None => Ok(()),
        Some(found) => known(found).map(|_| ()),
    }
}

/// Makes the schema, or brings it up to date. Processes that open the file at the same time take turns.
pub(super) fn migrate(connection: &mut Connection, now: Timestamp) -> Result<(), OpenError> {
    if let Some(found) = version(connection)?
        && known(found)? == MIGRATIONS.len()
    {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if application_id(&transaction)? == 0 && is_empty(&transaction)? {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.execute_batch(
        "create table if not exists es_schema (version integer primary key, applied_at integer not null) strict",
    )?;
    let done = known(version(&transaction)?.unwrap_or(0))?;
    for (number, migration) in (1_u32..).zip(MIGRATIONS).skip(done) {
        transaction.execute_batch(migration)?;
        let applied_at = now.as_micros().cast_signed();
        transaction.execute("insert into es_schema values (?1, ?2)", (number, applied_at))?;
    }
    transaction.execute(
        "insert into es_store (singleton, id, epoch) values (1, ?1, ?2) on conflict do nothing",
        [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()],
    )?;
    Ok(transaction.commit()?)
}

/// How many migrations lead to this version.
fn known(found: u32) -> Result<usize, OpenError> {
    let migrations = found as usize;
    if migrations <= MIGRATIONS.len() {
        return Ok(migrations);
    }
    Err(OpenError::NewerSchema {
        found,
        known: u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX),
    })
}

/// The version of the schema, or `None` if there is none of this crate.
fn version(connection: &Connection) -> Result<Option<u32>, rusqlite::Error> {
    let exists = connection
        .query_row("select 1 from sqlite_schema where name = 'es_schema'", [], |_| {
            Ok(())
        })
        .optional()?;
    match exists {
        Some(()) => connection.query_row("select max(version) from es_schema", [], |row| row.get(0)),
        None => Ok(None),
    }
}

fn is_empty(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("select not exists (select 1 from sqlite_schema)", [], |row| {
        row.get(0)
    })
}

fn application_id(connection: &Connection) -> Result<i32, rusqlite::Error> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}
