//! Opening the file: what is checked, and how connections are set up.

mod error;
mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

use eventsourcing_core::Timestamp;
use eventsourcing_core::store::{StoreEpoch, StoreId, StoreIdentity};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

pub use error::OpenError;

use crate::busy::while_busy;
use crate::{SqliteError, Synchronous};

/// 3.51.3, the first since 3.7.0 that never damages a file when it resets the write-ahead log.
const OLDEST_LIBRARY: i32 = 3_051_003;

/// Statements are prepared once for each connection; there are fewer than this.
const STATEMENTS: usize = 64;

/// A file that has been found to be a store, and connections to it.
pub(crate) struct File {
    path: PathBuf,
    busy_timeout: Duration,
    pub(crate) identity: StoreIdentity,
}

impl File {
    /// Opens the file, makes it if there is none, and brings its schema up to date. Blocks the thread.
    pub(crate) fn open(path: &Path, busy_timeout: Duration, now: Timestamp) -> Result<Self, OpenError> {
        if rusqlite::version_number() < OLDEST_LIBRARY {
            return Err(OpenError::OldLibrary {
                found: rusqlite::version(),
            });
        }
        let path = absolute(path)?;
        let mut connection = connect(&path, busy_timeout)?;
        schema::check(&connection)?;
        log_ahead(&connection, busy_timeout)?;
        schema::migrate(&mut connection, now)?;
        let identity = identity(&connection)?;
        Ok(Self {
            path,
            busy_timeout,
            identity,
        })
    }

    /// Where it is, absolute.
    #[cfg(feature = "sqlx")]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a new epoch.
    pub(crate) fn begin_epoch(&mut self) -> Result<(), OpenError> {
        let connection = connect(&self.path, self.busy_timeout)?;
        connection.execute("update es_store set epoch = ?1", [Uuid::now_v7().to_string()])?;
        self.identity = identity(&connection)?;
        Ok(())
    }

    /// A connection that reads. It never waits for other processes by itself, since it may be used where no thread may be
    /// blocked.
    pub(crate) fn reader(&self) -> Result<Connection, SqliteError> {
        let connection = connect(&self.path, self.busy_timeout)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.busy_timeout(Duration::ZERO)?;
        Ok(connection)
    }

    /// The connection that writes. It never waits for other processes by itself, and leaves it to its owner when the
    /// write-ahead log goes into the database.
    pub(crate) fn writer(&self, synchronous: Synchronous) -> Result<Connection, SqliteError> {
        let connection = connect(&self.path, self.busy_timeout)?;
        connection.pragma_update(None, "synchronous", synchronous.setting())?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.busy_timeout(Duration::ZERO)?;
        Ok(connection)
    }
}

/// An absolute path, so that SQLite does not take one that starts with `file:` for a URI.
fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return Err(OpenError::NotAFile {
            path: path.display().to_string(),
        });
    }
    std::path::absolute(path).map_err(OpenError::System)
}

fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection, SqliteError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Where a sync does not reach the disk by itself (macOS), these make it.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // 16 MiB of pages. Only the writer's connection keeps them for long: those of the others are stale after each commit.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    Ok(connection)
}

fn log_ahead(connection: &Connection, patience: Duration) -> Result<(), OpenError> {
    let mode: String = while_busy(patience, || {
        Ok(connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?)
    })?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(OpenError::NoWriteAheadLog { mode })
    }
}

fn identity(connection: &Connection) -> Result<StoreIdentity, rusqlite::Error> {
    connection.query_row("select id, epoch from es_store", [], |row| {
        Ok(StoreIdentity {
            id: StoreId::new(crate::row::uuid_text(row, 0)?),
            epoch: StoreEpoch::new(crate::row::uuid_text(row, 1)?),
        })
    })
}
