use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{Place, TableChange, Value, WriteRows, WriteRowsError};
use rusqlite::params_from_iter;

use super::checkpoint::replace;
use super::{Transaction, Write};
use crate::SqliteError;
use crate::read::{Stop, check_table, lease_epoch, place};
use crate::row::signed;
use crate::rows::{Bound, Statements};

/// Sets how many writes a reader of a tenant has made.
pub(crate) const COUNT: &str = "update es_checkpoints set writes = ?3 where tenant = ?1 and name = ?2";

/// Writes rows, if their reader is where it is expected. Every write counts one up beside the checkpoint, so that no two
/// come from the same place.
pub(crate) struct WriteTheRows {
    pub(crate) tenant: TenantId,
    pub(crate) write: Arc<WriteRows>,
}

impl Write for WriteTheRows {
    type Answer = Result<Place, WriteRowsError>;

    fn run(&self, transaction: &mut Transaction<'_>) -> Result<Self::Answer, Stop> {
        let write = &*self.write;
        for change in &write.changes {
            if let Err(missing) = check_table(transaction.connection, change.table)? {
                return Ok(Err(missing.into()));
            }
        }
        let saved = place(transaction.connection, &self.tenant, &write.reader)?;
        let lease = match &write.fence {
            Some(fence) => lease_epoch(transaction.connection, &self.tenant, &fence.lease)?,
            None => None,
        };
        if let Err(refused) = write.check_place(saved, lease, transaction.store, transaction.head()) {
            return Ok(Err(refused));
        }
        let place = write.lands_at();
        replace(transaction, &self.tenant, &write.reader, write.to)?;
        let mut count = transaction.connection.prepare_cached(COUNT)?;
        count.execute((self.tenant.as_str(), &*write.reader, signed(place.writes)))?;
        for change in &write.changes {
            self.change(transaction, change)?;
        }
        Ok(Ok(place))
    }

    fn is_small(&self) -> bool {
        const ROWS: usize = 32;
        const BYTES: usize = 64 * 1024;
        let changes = &self.write.changes;
        let rows = changes
            .iter()
            .map(|change| change.put.len() + change.remove.len());
        let values = changes.iter().flat_map(|change| change.put.iter().flatten());
        rows.sum::<usize>() <= ROWS && values.map(Value::bytes).sum::<usize>() <= BYTES
    }
}

impl WriteTheRows {
    fn change(&self, transaction: &Transaction<'_>, change: &TableChange) -> Result<(), SqliteError> {
        let statements = Statements(change.table);
        let tenant = Value::from(self.tenant.as_str());
        let each = |sql: String, rows: &[Vec<Value>]| {
            let mut statement = transaction.connection.prepare_cached(&sql)?;
            rows.iter().try_for_each(|row| {
                let parameters = std::iter::once(&tenant).chain(row).map(Bound);
                statement.execute(params_from_iter(parameters)).map(drop)
            })
        };
        if !change.remove.is_empty() {
            each(statements.remove(), &change.remove)?;
        }
        if !change.put.is_empty() {
            each(statements.put(), &change.put)?;
        }
        Ok(())
    }
}
