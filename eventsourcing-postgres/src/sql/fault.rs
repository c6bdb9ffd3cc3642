//! Whose fault it is that a transaction has failed: that of the work, or that of the database.

use std::error::Error;

use eventsourcing_core::store::rows::WriteRowsError;
use eventsourcing_core::store::sql::{SqlError, WorkError};
use eventsourcing_core::store::{AppendError, StoreError};
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::classify::{Fault, of_code, of_fault};

/// A statement was ended since it took too long, or since somebody wanted that.
const CANCELLED: &str = "57014";
/// The append was given up.
const SETTLED: &str = "ES002";
/// A statement before it has failed.
const ABORTED: &str = "25P02";

/// What has failed, and whose fault it is.
pub(super) enum Blamed {
    Work(WorkError),
    Store(StoreError),
    /// It may have been committed.
    Unknown(sqlx::Error),
}

impl Blamed {
    /// Of an error of the work, on a connection that was alive after it or not.
    pub(super) fn of(error: WorkError, is_alive: bool) -> Self {
        if !is_alive {
            return Self::Store(of_fault(Fault::Lost, "").caused_by(error));
        }
        let (fault, code) = first_of_sqlx(&*error);
        match fault {
            Fault::Lost | Fault::Transient if code != CANCELLED => {
                Self::Store(of_fault(fault, &code).caused_by(error))
            }
            _ => Self::Work(error),
        }
    }

    /// Of the last statement of the store, which follows those of the work.
    pub(super) fn of_last_statement(error: sqlx::Error) -> Self {
        let (fault, code) = classify(&error);
        match &*code {
            ABORTED => Self::Work(Box::new(Ignored(error))),
            _ => Self::Store(of_fault(fault, &code).caused_by(error)),
        }
    }

    /// Of `COMMIT`, in which constraints are checked that were deferred.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        let (fault, code) = classify(&error);
        match fault {
            Fault::Lost => Self::Unknown(error),
            Fault::Broken => Self::Work(error.into()),
            fault => Self::Store(of_fault(fault, &code).caused_by(error)),
        }
    }

    pub(super) fn told<E: From<StoreError>>(self) -> SqlError<E> {
        match self {
            Self::Work(error) => SqlError::Work(error),
            Self::Store(error) => SqlError::Store(error.into()),
            Self::Unknown(error) => SqlError::Store(nothing_done(error).into()),
        }
    }

    pub(super) fn told_of_append(self) -> SqlError<AppendError> {
        match self {
            Self::Unknown(error) => SqlError::Store(AppendError::UnknownOutcome(error.into())),
            other => other.told(),
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
    let (fault, code) = classify(&error);
    match error {
        sqlx::Error::PoolTimedOut => {
            StoreError::overloaded("all connections for SQL of projections are taken")
        }
        _ => of_fault(fault, &code),
    }
    .caused_by(error)
}

/// The fence under which an append was given up, if that is why it has failed.
pub(super) fn raised_fence(error: &sqlx::Error) -> Option<i64> {
    let error = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    (error.code() == SETTLED).then(|| error.detail()?.parse().ok())?
}

/// A statement has failed, and the work has gone on as if it had not.
#[derive(Debug, thiserror::Error)]
#[error(
    "a statement of the handlers has failed, and they have not said so: nothing can follow it in a transaction"
)]
struct Ignored(#[source] sqlx::Error);

/// The first error of sqlx among an error and its causes.
fn first_of_sqlx(error: &(dyn Error + 'static)) -> (Fault, String) {
    let mut causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    let found = causes.find_map(|error| error.downcast_ref::<sqlx::Error>());
    found.map_or((Fault::Broken, String::new()), classify)
}

fn classify(error: &sqlx::Error) -> (Fault, String) {
    let fault = match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default().into_owned();
            let severity = error
                .try_downcast_ref::<PgDatabaseError>()
                .map(PgDatabaseError::severity);
            let fault = match severity {
                Some(PgSeverity::Panic | PgSeverity::Fatal) => Fault::Lost,
                _ if code == SETTLED => Fault::Settled(0),
                _ => of_code(&code),
            };
            return (fault, code);
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Fault::Lost,
        _ => Fault::Broken,
    };
    (fault, String::new())
}
