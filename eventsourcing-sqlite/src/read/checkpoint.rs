use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Checkpoint, StoreEpoch, StoreId, StoreIdentity};
use rusqlite::{Connection, OptionalExtension};

use crate::SqliteError;
use crate::row::{position, uuid_text};

/// The checkpoint that was saved last under a name.
pub(crate) fn saved(
    connection: &Connection,
    tenant: &TenantId,
    name: &str,
) -> Result<Option<Checkpoint>, SqliteError> {
    let mut select = connection.prepare_cached(
        "select store, epoch, position from es_checkpoints where tenant = ?1 and name = ?2",
    )?;
    let saved = select.query_row([tenant.as_str(), name], |row| {
        Ok(Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(uuid_text(row, 0)?),
                epoch: StoreEpoch::new(uuid_text(row, 1)?),
            },
            position: position(row, 2)?,
        })
    });
    Ok(saved.optional()?)
}
