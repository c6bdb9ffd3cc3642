use eventsourcing_core::store::rows::WriteRowsError;
use eventsourcing_core::store::{AppendError, StoreError};

use crate::SqliteError;

/// What is said of a store that somebody has closed.
pub(crate) const CLOSED: &str = "the store is closed";

/// Why something was not done, or may not have been.
#[derive(Clone, Debug)]
pub(crate) enum WriteError {
    /// It was not handed in: too much is waiting.
    Overloaded,
    /// Nothing was written.
    Nothing(SqliteError),
    /// The transaction could not be brought to an end, and may be found in the file after a crash.
    Unknown(SqliteError),
    /// Nothing was written, since the code that should have done so has panicked.
    Panicked,
    /// It was not handed in: the store is closed.
    Closed,
    /// Nothing was written, since there is no writer any more.
    Stopped,
    /// The writer has come to an end before it could tell.
    Gone,
}

impl From<WriteError> for AppendError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unknown(error) => Self::UnknownOutcome(error.into()),
            WriteError::Gone => Self::UnknownOutcome(StoreError::from(WriteError::Gone).into()),
            nothing => Self::Store(nothing.into()),
        }
    }
}

impl From<WriteError> for WriteRowsError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unknown(error) => Self::UnknownOutcome(error.into()),
            WriteError::Gone => Self::UnknownOutcome(StoreError::from(WriteError::Gone).into()),
            nothing => Self::Store(nothing.into()),
        }
    }
}

/// For what may be done again.
impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Overloaded => Self::overloaded("too many writes are waiting"),
            WriteError::Nothing(error) | WriteError::Unknown(error) => error.into(),
            WriteError::Closed => Self::unavailable(CLOSED),
            WriteError::Panicked => Self::broken("the write has panicked"),
            WriteError::Stopped => Self::broken("the writer has stopped"),
            WriteError::Gone => Self::broken("the writer has stopped on its way"),
        }
    }
}
