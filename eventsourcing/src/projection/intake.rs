//! What can be told of an event before its handler runs: whether there is one, and whether it has to wait.

use std::sync::Arc;

use super::{InvalidValue, Parked, ProjectionFailure};
use crate::RecordedEvent;
use crate::event::DecodeError;

/// The handlers of a projection, as far as it matters here.
pub(crate) trait Intake {
    /// One that handles events.
    type Handler;
    /// An event that was read.
    type Open;

    /// Whether a field tells the sequence of an event, and not its home stream.
    const BY_FIELD: bool;
    /// Whether the sequence of every event has to be known, since it is to ask for no other rows.
    const IS_SLICED: bool;

    /// The handler of an event, if there is one.
    fn handler(event: &RecordedEvent) -> Option<Self::Handler>;

    /// Reads an event for its handler.
    fn open(handler: Self::Handler, event: &Arc<RecordedEvent>) -> Result<Self::Open, DecodeError>;

    /// The sequence of an event; `None` if nothing becomes of it.
    fn sequence(open: &Self::Open) -> Result<Option<String>, InvalidValue>;
}

/// What becomes of an event.
pub(crate) enum Taken<O> {
    /// Nobody handles it.
    Nothing,
    /// It has to wait behind others of its sequence.
    Aside(String),
    /// It is to be handled.
    Open {
        event: O,
        /// Its sequence, if it is to ask for no other rows.
        sequence: Option<String>,
    },
}

/// Reads an event, unless it has to wait.
pub(crate) fn take_up<I: Intake>(
    event: &Arc<RecordedEvent>,
    parked: &Parked,
) -> Result<Taken<I::Open>, ProjectionFailure> {
    // The filter is by stored names, and so are the handlers.
    let Some(handler) = I::handler(event) else {
        return Ok(Taken::Nothing);
    };
    let home = event.home.stream.as_str();
    if !I::BY_FIELD && parked.holds(home) {
        // It need not even be readable.
        return Ok(Taken::Aside(home.to_owned()));
    }
    let event = I::open(handler, event)?;
    let sequence = if I::IS_SLICED || (I::BY_FIELD && !parked.is_empty()) {
        I::sequence(&event).map_err(ProjectionFailure::Sequence)?
    } else {
        None
    };
    Ok(match sequence {
        Some(sequence) if parked.holds(&sequence) => Taken::Aside(sequence),
        sequence => Taken::Open {
            event,
            sequence: sequence.filter(|_| I::IS_SLICED),
        },
    })
}

/// Which sequence an event is of.
pub(crate) fn sequence_of<I: Intake>(event: &Arc<RecordedEvent>) -> Result<String, ProjectionFailure> {
    let home = event.home.stream.to_string();
    match I::handler(event) {
        Some(handler) if I::BY_FIELD => {
            let named = I::sequence(&I::open(handler, event)?);
            Ok(named.map_err(ProjectionFailure::Sequence)?.unwrap_or(home))
        }
        _ => Ok(home),
    }
}
