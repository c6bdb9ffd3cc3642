use std::error::Error;
use std::fmt;

use super::WorkError;

/// Why nothing came of a transaction in which code of users was to run.
#[derive(Debug)]
pub enum SqlError<E> {
    /// The work has failed.
    Work(WorkError),
    /// The store has failed, or refuses.
    Store(E),
}

impl<E> SqlError<E> {
    /// The same, with another error of the store.
    pub fn map_store<F>(self, to: impl FnOnce(E) -> F) -> SqlError<F> {
        match self {
            Self::Work(error) => SqlError::Work(error),
            Self::Store(error) => SqlError::Store(to(error)),
        }
    }
}

impl<E: fmt::Display> fmt::Display for SqlError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Work(_) => f.write_str("the work in the transaction has failed"),
            Self::Store(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: Error> Error for SqlError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Work(error) => Some(&**error),
            Self::Store(error) => error.source(),
        }
    }
}
