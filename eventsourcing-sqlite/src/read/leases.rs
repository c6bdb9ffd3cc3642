use eventsourcing_core::store::lease::{Holder, Lease, LeaseEpoch};
use eventsourcing_core::{TenantId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::SqliteError;
use crate::row::{text, unsigned, uuid_blob};

/// Finds the epoch that a lease of a tenant is at.
pub(crate) const LEASE_EPOCH: &str = "select epoch from es_leases where tenant = ?1 and name = ?2";

/// The epoch that a lease is at, if somebody holds it, or has held it to its end.
pub(crate) fn lease_epoch(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
) -> Result<Option<LeaseEpoch>, SqliteError> {
    let mut select = connection.prepare_cached(LEASE_EPOCH)?;
    let epoch = select.query_row([tenant.as_str(), name], |row| {
        Ok(LeaseEpoch::new(unsigned(row, 0)?))
    });
    Ok(epoch.optional()?)
}

/// A lease, if somebody holds it, or has held it to its end.
pub(crate) fn lease(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
    now: Timestamp,
) -> Result<Option<Lease>, SqliteError> {
    let mut select = connection.prepare_cached(
        "select name, epoch, holder, label, expires_at from es_leases where tenant = ?1 and name = ?2",
    )?;
    let lease = select.query_row([tenant.as_str(), name], |row| read(row, now));
    Ok(lease.optional()?)
}

/// All of them, by name.
pub(crate) fn leases(
    connection: &Connection,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<Vec<Lease>, SqliteError> {
    let mut select = connection.prepare_cached(
        "select name, epoch, holder, label, expires_at from es_leases where tenant = ?1 order by name",
    )?;
    let leases = select.query_map([tenant.as_str()], |row| read(row, now))?;
    Ok(leases.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Lease> {
    Ok(Lease {
        name: text(row, 0)?.into(),
        epoch: LeaseEpoch::new(unsigned(row, 1)?),
        holder: Holder {
            id: uuid_blob(row, 2)?,
            label: text(row, 3)?.into(),
        },
        left: Timestamp::from_micros(unsigned(row, 4)?).since(now),
    })
}
