use eventsourcing_core::store::{SavedSnapshot, Snapshot, SnapshotChecksum, SnapshotKey, StoreEpoch};
use eventsourcing_core::{ContentType, TenantId, Timestamp};
use rusqlite::{Connection, Row};

use super::budget::{Budget, Stop};
use crate::row::{bytes, text, unreadable, unsigned, uuid_blob, version};

/// The newest snapshot of each key in an epoch of the store.
pub(crate) fn snapshots(
    connection: &Connection,
    tenant: &TenantId,
    epoch: StoreEpoch,
    keys: &[SnapshotKey],
    budget: &mut Budget,
) -> Result<Vec<Option<SavedSnapshot>>, Stop> {
    let mut select = connection.prepare_cached(
        "select version, content_type, payload, checksum, saved_at from es_snapshots
          where tenant = ?1 and stream = ?2 and state = ?3 and state_version = ?4 and fingerprint = ?5 and epoch = ?6
          order by version desc limit 1",
    )?;
    let epoch = epoch.to_string();
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        budget.spend_rows(1)?;
        let mut rows = select.query((
            tenant.as_str(),
            key.stream.as_str(),
            &key.state,
            key.version.get(),
            key.fingerprint.0.cast_signed(),
            &epoch,
        ))?;
        let saved = rows.next()?.map(|row| saved(row, key)).transpose()?;
        if let Some(saved) = &saved {
            budget.spend_bytes(saved.snapshot.payload.len())?;
        }
        found.push(saved);
    }
    Ok(found)
}

fn saved(row: &Row<'_>, key: &SnapshotKey) -> rusqlite::Result<SavedSnapshot> {
    Ok(SavedSnapshot {
        snapshot: Snapshot {
            key: key.clone(),
            at: version(row, 0)?,
            content_type: ContentType::new(text(row, 1)?).map_err(unreadable(1))?,
            payload: bytes(row, 2)?,
            checksum: SnapshotChecksum::from_bytes(uuid_blob(row, 3)?.into_bytes()),
        },
        saved_at: Timestamp::from_micros(unsigned(row, 4)?),
    })
}
