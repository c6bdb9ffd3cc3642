use eventsourcing_core::store::DictionarySize;
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

/// The event types of a category.
pub(crate) fn event_types(
    connection: &Connection,
    tenant: &TenantId,
    category: &Category,
) -> Result<Vec<EventTypeName>, SqliteError> {
    let mut select = connection
        .prepare_cached("select type from es_dictionary where tenant = ?1 and category = ?2 order by type")?;
    let types = select
        .query_map([tenant.as_str(), category.as_str()], |row| {
            let name = EventTypeName::new(text(row, 0)?);
            name.map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
        })?
        .collect::<Result<_, _>>()?;
    Ok(types)
}
