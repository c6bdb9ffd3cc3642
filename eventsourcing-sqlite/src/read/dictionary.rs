use std::error::Error;

use eventsourcing_core::store::{Dictionary, DictionarySize};
use eventsourcing_core::{Category, EventTypeName, TenantId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::row::{text, unsigned};

/// How many entries the dictionary has: the number of the last one.
pub(crate) fn size(connection: &Connection, tenant: &TenantId) -> Result<DictionarySize, SqliteError> {
    let mut last = connection
        .prepare_cached("select number from es_dictionary where tenant = ?1 order by number desc limit 1")?;
    let size = last
        .query_row([tenant.as_str()], |row| unsigned(row, 0))
        .optional()?;
    Ok(DictionarySize(size.unwrap_or(0)))
}

/// All of it.
pub(crate) fn dictionary(connection: &Connection, tenant: &TenantId) -> Result<Dictionary, SqliteError> {
    let mut select =
        connection.prepare_cached("select category, type from es_dictionary where tenant = ?1")?;
    let pairs = select.query_map([tenant.as_str()], |row| {
        let category = Category::new(text(row, 0)?).map_err(|error| unreadable(0, error))?;
        let name = EventTypeName::new(text(row, 1)?).map_err(|error| unreadable(1, error))?;
        Ok((category, name))
    })?;
    Ok(pairs.collect::<Result<_, _>>()?)
}

fn unreadable(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
