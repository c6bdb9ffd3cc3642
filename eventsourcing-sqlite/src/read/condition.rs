use eventsourcing_core::store::{Condition, Conflict};
use eventsourcing_core::{Position, TenantId, TypeFilter, Version};
use rusqlite::Connection;

use super::budget::{Budget, Stop};
use super::head::{head_of_log, head_of_stream};
use crate::SqliteError;
use crate::row::{signed, text};

/// Checks all conditions, and gives the end of the log.
pub(crate) fn check_conditions(
    connection: &Connection,
    tenant: &TenantId,
    conditions: &[Condition],
    budget: &mut Budget,
) -> Result<Result<Position, Conflict>, Stop> {
    budget.spend_rows(conditions.len() as u64)?;
    for condition in conditions {
        let head = head_of_stream(connection, tenant, &condition.stream)?;
        if let Some(conflict) = conflict(connection, tenant, condition, head, budget)? {
            return Ok(Err(conflict));
        }
    }
    Ok(Ok(head_of_log(connection)?))
}

/// Whether a condition fails, given the head of its stream.
pub(crate) fn conflict(
    connection: &Connection,
    tenant: &TenantId,
    condition: &Condition,
    head: Version,
    budget: &mut Budget,
) -> Result<Option<Conflict>, Stop> {
    let fails = head > condition.seen
        && match &condition.types {
            TypeFilter::All => true,
            types @ TypeFilter::Only(_) => {
                budget.spend_rows(head.get() - condition.seen.get())?;
                any_above(connection, tenant, condition, types)?
            }
        };
    Ok(fails.then(|| Conflict {
        stream: condition.stream.clone(),
        seen: condition.seen,
        head,
    }))
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
