use std::sync::Arc;

use super::{Place, RowsOvertaken, TableVersion, Value, WriteRowsError};
use crate::Position;
use crate::store::lease::{Fence, LeaseEpoch};
use crate::store::{Checkpoint, CheckpointRefused, StoreIdentity};

/// Rows to write, and the reader that is moved by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRows {
    /// The name of the reader. It is that of a checkpoint of the same tenant.
    pub reader: Arc<str>,
    /// Where it must be now.
    pub from: Place,
    /// The checkpoint to save. It may be the one that is saved already.
    pub to: Checkpoint,
    /// If given, the lease that must still be held so. It is one of the same tenant.
    pub fence: Option<Fence>,
    /// What to write. A table comes up once at most.
    pub changes: Vec<TableChange>,
}

/// What to write into one table. A key comes up once at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChange {
    /// The table.
    pub table: TableVersion,
    /// The rows to put, in place of those with the same keys.
    pub put: Vec<Vec<Value>>,
    /// The keys of the rows to remove. Nothing happens if there is none.
    pub remove: Vec<Vec<Value>>,
}

impl WriteRows {
    /// Where the reader is after this write.
    pub const fn lands_at(&self) -> Place {
        Place {
            checkpoint: Some(self.to),
            writes: self.from.writes + 1,
        }
    }

    /// Checks that the write may take effect, given where its reader is, the epoch of the lease that its fence names, if it
    /// has one and somebody holds it, the store, and the end of the log. Every store refuses in this order.
    ///
    /// # Errors
    /// [`WriteRowsError::Checkpoint`] if `to` is not a checkpoint of this log; [`WriteRowsError::Fenced`] if the lease is not
    /// held any more; [`WriteRowsError::Overtaken`] if the reader is not at `from`; [`WriteRowsError::Checkpoint`] if `to` lies
    /// before that.
    pub fn check_place(
        &self,
        saved: Place,
        lease: Option<LeaseEpoch>,
        store: StoreIdentity,
        head: Position,
    ) -> Result<(), WriteRowsError> {
        let position = self.to.check(store, head)?;
        if let Some(fence) = &self.fence {
            fence.check(lease)?;
        }
        if saved != self.from {
            let overtaken = RowsOvertaken {
                reader: Arc::clone(&self.reader),
                expected: self.from,
                saved,
            };
            return Err(Box::new(overtaken).into());
        }
        match saved.checkpoint {
            // One of another epoch says nothing of this log.
            Some(saved) if saved.store == store && saved.position > position => {
                let saved = saved.position;
                Err(CheckpointRefused::Backwards { position, saved }.into())
            }
            _ => Ok(()),
        }
    }
}
