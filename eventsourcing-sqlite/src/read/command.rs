use std::sync::Arc;

use eventsourcing_core::store::{Appended, CommandKey, IdReused};
use eventsourcing_core::{Position, RecordedEvent, TenantId};
use rusqlite::{Connection, OptionalExtension};

use super::budget::{Budget, Stop};
use crate::SqliteError;
use crate::row::{Decoder, event_columns, position, signed, unsigned};

/// The first outcome of a command, if it has run before, or that its id was used for something else.
pub(crate) fn first_outcome(
    connection: &Connection,
    tenant: &TenantId,
    command: CommandKey,
    budget: &mut Budget,
) -> Result<Result<Option<Appended>, IdReused>, Stop> {
    let mut find = connection.prepare_cached(
        "select fingerprint, position, events from es_commands where tenant = ?1 and id = ?2",
    )?;
    let found = find.query_row((tenant.as_str(), command.id.get().as_bytes()), |row| {
        let same = row.get_ref(0)?.as_blob()? == command.fingerprint.as_bytes();
        Ok((same, position(row, 1)?, unsigned(row, 2)?))
    });
    match found.optional()? {
        None => Ok(Ok(None)),
        Some((false, ..)) => Ok(Err(IdReused { id: command.id })),
        Some((true, position, events)) => {
            budget.spend_rows(events)?;
            Ok(Ok(Some(Appended {
                events: last_events(connection, tenant, position, events)?,
                position,
                repeated: true,
            })))
        }
    }
}

/// So many events, the last of them at this position: the events of one append follow each other.
pub(crate) fn last_events(
    connection: &Connection,
    tenant: &TenantId,
    position: Position,
    count: u64,
) -> Result<Vec<Arc<RecordedEvent>>, SqliteError> {
    let mut select = connection.prepare_cached(concat!(
        "select ",
        event_columns!(),
        " from es_events e where e.tenant = ?1 and e.position > ?2 and e.position <= ?3 order by e.position"
    ))?;
    let last = signed(position.get());
    let mut decoder = Decoder::new(tenant);
    let events = select
        .query_map((tenant.as_str(), last - signed(count), last), |row| {
            decoder.event(row)
        })?
        .collect::<Result<_, _>>()?;
    Ok(events)
}
