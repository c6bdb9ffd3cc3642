//! What a projection has set aside: the events that it could not deal with, and those that wait behind them.

mod set;
mod table;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{EventId, Position, RecordedEvent, Timestamp};

pub use set::Parked;
pub(crate) use table::{key_of, read_row, row_of};
pub use table::{parked_in_sql, parked_table_of};

/// An event that a projection has parked: it could not be projected, or waits behind one of its sequence that could not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParkedEvent {
    /// The sequence it belongs to: its home stream, or the value of the field that `parallel_by` names.
    pub sequence: String,
    /// Its place in the store.
    pub position: Position,
    /// Its id.
    pub event: EventId,
    /// The name of its type.
    pub event_type: String,
    /// Why it could not be projected when that was last tried; `None` if it only waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was parked.
    pub parked_at: Timestamp,
}

/// A sequence of a projection with parked events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParkedSequence {
    /// How many of its events are parked.
    pub events: usize,
    /// The first of them, which the others wait for.
    pub first: ParkedEvent,
}

/// The longest reason that is kept, in bytes.
const LONGEST_REASON: usize = 4_000;

impl ParkedEvent {
    /// An event that waits behind others of its sequence.
    pub(crate) fn behind_others(event: &RecordedEvent, sequence: String, now: Timestamp) -> Self {
        Self {
            sequence,
            position: event.position,
            event: event.id,
            event_type: event.event_type.to_string(),
            reason: None,
            attempts: 0,
            parked_at: now,
        }
    }

    /// The same, after it has failed so often more.
    #[must_use]
    pub(crate) fn failed(mut self, attempts: u32, reason: &str) -> Self {
        self.attempts = self.attempts.saturating_add(attempts);
        self.reason = Some(storable(reason));
        self
    }
}

/// As much of a reason as every store can hold.
fn storable(reason: &str) -> String {
    let end = reason.floor_char_boundary(LONGEST_REASON);
    reason[..end].replace('\0', "\u{fffd}")
}
