use std::error::Error;
use std::fmt;
use std::sync::Arc;

use eventsourcing_core::store::{StoreError, StoreErrorKind};
use rusqlite::ErrorCode;

/// A failure of SQLite: the source of each [`StoreError`] of this store, and of each append with an unknown outcome.
#[derive(Clone, Debug)]
pub struct SqliteError {
    kind: SqliteErrorKind,
    source: Arc<dyn Error + Send + Sync>,
}

/// The kinds of failure of SQLite, with what to do about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqliteErrorKind {
    /// Another process has held the database for longer than the
    /// [busy timeout](crate::SqliteOptions::busy_timeout): shorten its transactions.
    Busy,
    /// There is no more room: on the disk, in a quota, or up to a limit that was set.
    DiskFull,
    /// The file, its folder or its file system must not be written to.
    ReadOnly,
    /// The file cannot be opened: its folder is missing, or rights are.
    CannotOpen,
    /// The operating system cannot read or write.
    Io,
    /// The file is damaged: restore a backup.
    Corrupt,
    /// The file is something other than an SQLite database.
    NotADatabase,
    /// Anything else: a mistake of this crate, or of somebody who has written to its tables.
    Other,
}

impl SqliteError {
    /// The kind of failure.
    pub fn kind(&self) -> SqliteErrorKind {
        self.kind
    }

    #[cfg(feature = "sqlx")]
    pub(crate) fn new(kind: SqliteErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = Arc::from(source.into());
        Self { kind, source }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.kind == SqliteErrorKind::Busy
    }

    fn class(&self) -> StoreErrorKind {
        match self.kind {
            SqliteErrorKind::Busy
            | SqliteErrorKind::DiskFull
            | SqliteErrorKind::ReadOnly
            | SqliteErrorKind::CannotOpen
            | SqliteErrorKind::Io => StoreErrorKind::Unavailable,
            SqliteErrorKind::Corrupt | SqliteErrorKind::NotADatabase | SqliteErrorKind::Other => {
                StoreErrorKind::Broken
            }
        }
    }
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        Self {
            kind: SqliteErrorKind::of(error.sqlite_error_code()),
            source: Arc::new(error),
        }
    }
}

impl SqliteErrorKind {
    pub(crate) fn of(code: Option<ErrorCode>) -> Self {
        match code {
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::CannotOpen,
            Some(ErrorCode::SystemIoFailure) => Self::Io,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt,
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            SqliteErrorKind::Busy => "the database is in use elsewhere",
            SqliteErrorKind::DiskFull => "there is no more room for the database",
            SqliteErrorKind::ReadOnly => "the database must not be written to",
            SqliteErrorKind::CannotOpen => "the file of the database cannot be opened",
            SqliteErrorKind::Io => "the file of the database cannot be read or written",
            SqliteErrorKind::Corrupt => "the file of the database is damaged",
            SqliteErrorKind::NotADatabase => "the file is not a database",
            SqliteErrorKind::Other => "the database has failed",
        })
    }
}

impl Error for SqliteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        Self::new(error.class(), "the SQLite store has failed").caused_by(error)
    }
}
