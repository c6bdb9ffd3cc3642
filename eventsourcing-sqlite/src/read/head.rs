use eventsourcing_core::{Position, StreamId, TenantId, Version};
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::row;

/// Finds the end of the log.
pub(crate) const HEAD: &str = "select position from es_events order by position desc limit 1";

/// The end of the log, of all tenants.
pub(crate) fn head_of_log(connection: &Connection) -> Result<Position, SqliteError> {
    let mut last = connection.prepare_cached(HEAD)?;
    let position = last.query_row([], |row| row::position(row, 0)).optional()?;
    Ok(position.unwrap_or(Position::START))
}

/// The head of a stream.
pub(crate) fn head_of_stream(
    connection: &Connection,
    tenant: &TenantId,
    stream: &StreamId,
) -> Result<Version, SqliteError> {
    let mut last = connection.prepare_cached(
        "select version from es_places where tenant = ?1 and stream = ?2 order by version desc limit 1",
    )?;
    let version = last
        .query_row([tenant.as_str(), stream.as_str()], |row| row::version(row, 0))
        .optional()?;
    Ok(version.unwrap_or(Version::ABSENT))
}
