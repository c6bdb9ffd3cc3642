//! Whose fault it is that a transaction has failed: that of the work, or that of the database.

use std::error::Error;

use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::WriteRowsError;
use eventsourcing_core::store::sql::{SqlError, WorkError};
use rusqlite::ffi;

use crate::{SqliteError, SqliteErrorKind};

/// What has failed, and whose fault it is.
pub(super) enum Blamed {
    Work(WorkError),
    Store(StoreError),
    /// It may have been committed.
    Unknown(SqliteError),
}

impl Blamed {
    /// Of an error of the work.
    pub(super) fn of(error: WorkError) -> Self {
        match first_of_sqlx(&*error) {
            SqliteErrorKind::Other => Self::Work(error),
            kind => Self::Store(SqliteError::new(kind, error).into()),
        }
    }

    /// Of `commit`, in which constraints are checked that were deferred.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        let kind = kind(&error);
        match kind {
            SqliteErrorKind::Other if is_constraint(&error) => Self::Work(error.into()),
            // What ends the transaction is the last that is written: it is not there.
            SqliteErrorKind::Busy | SqliteErrorKind::DiskFull | SqliteErrorKind::ReadOnly => {
                Self::Store(SqliteError::new(kind, error).into())
            }
            _ => Self::Unknown(SqliteError::new(kind, error)),
        }
    }

    pub(super) fn told<E: From<StoreError>>(self) -> SqlError<E> {
        match self {
            Self::Work(error) => SqlError::Work(error),
            Self::Store(error) => SqlError::Store(error.into()),
            Self::Unknown(error) => SqlError::Store(StoreError::from(error).into()),
        }
    }

    pub(super) fn told_of_write(self) -> SqlError<WriteRowsError> {
        match self {
            Self::Unknown(error) => SqlError::Store(WriteRowsError::UnknownOutcome(error.into())),
            other => other.told(),
        }
    }
}

/// The error of a call that has done nothing.
pub(super) fn nothing_done(error: sqlx::Error) -> StoreError {
    SqliteError::new(kind(&error), error).into()
}

pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    kind(error) == SqliteErrorKind::Busy
}

/// The transaction is not there any more, and the work has gone on as if it were.
#[derive(Debug, thiserror::Error)]
#[error(
    "the transaction has ended before the handlers have: they end it themselves, or a statement of theirs has failed in such a way \
     that everything is undone, and they have not said so"
)]
pub(super) struct Ended;

/// The kind of the first error of sqlx among an error and its causes.
fn first_of_sqlx(error: &(dyn Error + 'static)) -> SqliteErrorKind {
    let mut causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    let found = causes.find_map(|error| error.downcast_ref::<sqlx::Error>());
    found.map_or(SqliteErrorKind::Other, kind)
}

fn kind(error: &sqlx::Error) -> SqliteErrorKind {
    match error {
        sqlx::Error::Database(_) => {
            let code = code(error).map(|code| ffi::Error::new(code).code);
            SqliteErrorKind::of(code)
        }
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => SqliteErrorKind::Busy,
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed => SqliteErrorKind::Io,
        _ => SqliteErrorKind::Other,
    }
}

fn is_constraint(error: &sqlx::Error) -> bool {
    code(error).map(|code| ffi::Error::new(code).code) == Some(ffi::ErrorCode::ConstraintViolation)
}

/// The extended code of an error of SQLite. A handler may ask another database, too.
fn code(error: &sqlx::Error) -> Option<i32> {
    use sqlx::error::DatabaseError as _;
    let error = error.as_database_error()?;
    let error = error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    error.code()?.parse().ok()
}
