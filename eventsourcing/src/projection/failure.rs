use std::error::Error;
use std::time::Duration;

use super::{InvalidValue, RowError};
use crate::event::DecodeError;
use crate::store::rows::{ReadRowsError, WriteRowsError};

/// Why an event could not be projected. It comes again until the code or the event is mended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionFailure {
    /// The event cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A row cannot be read or written, or is not what the handler takes it for.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The handler said no.
    #[error("the handler failed")]
    Handler(#[source] Box<dyn Error + Send + Sync>),
    /// The handler, or what it calls, has panicked.
    #[error("the handler panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// The handler, which runs SQL, takes longer than it [may](crate::projection::ProjectionPolicy::handler_limit).
    #[error("the handler takes longer than {limit:?}")]
    TooLong {
        /// How long it may take.
        limit: Duration,
    },
    /// The handler asks for other rows each time it is called.
    #[error("the handler asks for other rows each time it is called with the same event")]
    Unsettled,
    /// The store does not take a key that the handler asks for.
    #[error("a row that the handler asks for is refused")]
    KeyRefused(#[source] ReadRowsError),
    /// The store does not take what the handler made of its rows.
    #[error("the rows that the handler has changed are refused")]
    RowsRefused(#[source] WriteRowsError),
    /// It cannot be told which sequence the event is of.
    #[error("the field that names the sequence of the event cannot be used")]
    Sequence(#[source] InvalidValue),
    /// It is to be parked, and too many events are already.
    #[error("the event is to be parked, and {parked} events are already, as many as may be")]
    TooManyParked {
        /// How many are.
        parked: usize,
        /// Why it is to be parked, unless it would wait behind others.
        source: Option<Box<Self>>,
    },
    /// It was parked, and is not in the store any more.
    #[error("the event is not in the store any more")]
    Gone,
}
