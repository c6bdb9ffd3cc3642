use eventsourcing_core::Position;
use eventsourcing_core::store::rows::Place;
use eventsourcing_core::store::{Checkpoint, StoreEpoch, StoreError, StoreId, StoreIdentity};
use uuid::Uuid;

use crate::row::{Columns, unsigned};

/// Where a reader is, by four columns of a row: store, epoch, position and writes, all of which are null if there is no
/// checkpoint.
pub(super) fn of_row(row: &impl Columns, first: usize) -> Result<Place, StoreError> {
    of_columns(
        row.column(first)?,
        row.column(first + 1)?,
        row.column(first + 2)?,
        row.column(first + 3)?,
    )
}

pub(super) fn of_columns(
    store: Option<Uuid>,
    epoch: Option<Uuid>,
    position: Option<i64>,
    writes: Option<i64>,
) -> Result<Place, StoreError> {
    match (store, epoch, position, writes) {
        (Some(id), Some(epoch), Some(position), Some(writes)) => Ok(Place {
            checkpoint: Some(Checkpoint {
                store: StoreIdentity {
                    id: StoreId::new(id),
                    epoch: StoreEpoch::new(epoch),
                },
                position: Position::new(unsigned(position)),
            }),
            writes: unsigned(writes),
        }),
        (None, None, None, None) => Ok(Place::START),
        _ => Err(StoreError::broken("half a checkpoint is saved")),
    }
}
