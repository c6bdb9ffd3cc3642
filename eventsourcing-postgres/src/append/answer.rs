use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::{AppendError, Appended, Conflict, Fingerprint, IdReused};
use eventsourcing_core::{
    NewEvent, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, Version,
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::Command;
use crate::history::Outcome;
use crate::row::ServerTime;

/// What the function `append()` has answered; see there.
pub(super) struct Answer {
    base: u64,
    recorded_at: Timestamp,
    heads: Vec<i64>,
    /// By the number of the command.
    known: HashMap<i32, (Fingerprint, Outcome)>,
    /// By the number of the command: the number of the condition.
    failed: HashMap<i32, i64>,
}

impl Answer {
    pub(super) fn of_row(row: Option<Row>) -> Result<Self, tokio_postgres::Error> {
        let Some(row) = row else { return Ok(Self::empty()) };
        let ServerTime(recorded_at) = row.try_get(1)?;
        Ok(Self {
            base: unsigned(row.try_get(0)?),
            recorded_at,
            heads: row.try_get(2)?,
            known: known(&row)?,
            failed: match row.try_get::<_, Option<Vec<i32>>>(7)? {
                None => HashMap::new(),
                Some(commands) => commands.into_iter().zip(row.try_get::<_, Vec<i64>>(8)?).collect(),
            },
        })
    }
}
