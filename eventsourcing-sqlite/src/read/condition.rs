use eventsourcing_core::store::{Condition, Conflict};
use eventsourcing_core::{TenantId, TypeFilter, Version};
use rusqlite::Connection;

use crate::SqliteError;
use crate::row::{signed, text};

/// Whether a condition fails, given the head of its stream.
pub(crate) fn conflict(
    connection: &Connection,
    tenant: &TenantId,
    condition: &Condition,
    head: Version,
) -> Result<Option<Conflict>, SqliteError> {
    let fails = head > condition.seen
        && match &condition.types {
            TypeFilter::All => true,
            types => any_above(connection, tenant, condition, types)?,
        };
    Ok(fails.then(|| Conflict { stream: condition.stream.clone(), seen: condition.seen, head }))
}

fn any_above(
    connection: &Connection,
    tenant: &TenantId,
    condition: &Condition,
    types: &TypeFilter,
) -> Result<bool, SqliteError> {
    let mut unseen = connection.prepare_cached(
        "select e.type from es_places p join es_events e on e.position = p.position
          where p.tenant = ?1 and p.stream = ?2 and p.version > ?3",
    )?;
    let seen = signed(condition.seen.get());
    let mut rows = unseen.query((tenant.as_str(), condition.stream.as_str(), seen))?;
    while let Some(row) = rows.next()? {
        if types.matches(text(row, 0)?) {
            return Ok(true);
        }
    }
    Ok(false)
}
