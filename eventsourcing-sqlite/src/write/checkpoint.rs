use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Checkpoint, CheckpointRefused};

use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, saved};
use crate::row::signed;

/// Saves a checkpoint, unless it is not one of this log or goes backwards.
pub(crate) struct SaveCheckpoint {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    pub(crate) checkpoint: Checkpoint,
}

impl Write for SaveCheckpoint {
    type Answer = Result<(), CheckpointRefused>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let position = match self.checkpoint.check(transaction.store, transaction.head()) {
            Ok(position) => position,
            Err(refused) => return Ok(Err(refused)),
        };
        let saved = saved(transaction.connection, &self.tenant, &self.name)?;
        // One of an epoch that is over says nothing of this log.
        let of_this_log = saved.filter(|saved| saved.store == transaction.store);
        if let Some(saved) = of_this_log
            .map(|saved| saved.position)
            .filter(|saved| *saved > position)
        {
            return Ok(Err(CheckpointRefused::Backwards { position, saved }));
        }
        replace(transaction, &self.tenant, &self.name, self.checkpoint)?;
        Ok(Ok(()))
    }
}

/// Puts a checkpoint of a tenant, with its store, epoch and position.
pub(crate) const REPLACE: &str =
    "insert into es_checkpoints (tenant, name, store, epoch, position) values (?1, ?2, ?3, ?4, ?5)
     on conflict do update set store = excluded.store, epoch = excluded.epoch, position = excluded.position";

/// Puts a checkpoint in the place of the one that was saved last.
pub(super) fn replace(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    name: &str,
    checkpoint: Checkpoint,
) -> Result<(), SqliteError> {
    let mut replace = transaction.connection.prepare_cached(REPLACE)?;
    replace.execute((
        tenant.as_str(),
        name,
        checkpoint.store.id.to_string(),
        checkpoint.store.epoch.to_string(),
        signed(checkpoint.position.get()),
    ))?;
    Ok(())
}

/// Forgets a checkpoint.
pub(crate) struct ForgetCheckpoint {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
}

impl Write for ForgetCheckpoint {
    type Answer = ();

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<(), Stop> {
        let mut delete = transaction
            .connection
            .prepare_cached("delete from es_checkpoints where tenant = ?1 and name = ?2")?;
        delete.execute([self.tenant.as_str(), &self.name])?;
        Ok(())
    }
}
