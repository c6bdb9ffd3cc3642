use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventLog, EventStore};
use eventsourcing_sqlite::{OpenError, SqliteError, SqliteErrorKind, SqliteOptions, SqliteStore};
#[cfg(feature = "sqlx")]
use eventsourcing_testkit::conformance::RunSql;
use eventsourcing_testkit::conformance::Setup;
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder for a store, removed when it is dropped.
pub(crate) struct Folder {
    folder: TempDir,
    options: SqliteOptions,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self::with(SqliteOptions::new())
    }

    /// Whose stores have the smallest pool, if nothing else is said.
    pub(crate) fn with_one_reader() -> Self {
        Self::with(SqliteOptions::new().readers(1))
    }

    fn with(options: SqliteOptions) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self { folder, options }
    }

    /// The file of the store.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("events.db")
    }

    pub(crate) async fn open(&self) -> SqliteStore {
        self.open_with(self.options.clone()).await
    }

    pub(crate) async fn open_with(&self, options: SqliteOptions) -> SqliteStore {
        options.open(self.file()).await.expect("the store should open")
    }

    /// A connection of somebody else to the same file.
    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.file()).expect("a connection")
    }
}

#[async_trait]
impl Setup for Folder {
    async fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(Self::open(self).await)
    }

    #[cfg(feature = "sqlx")]
    fn sql(&self) -> Option<Arc<dyn RunSql>> {
        Some(Arc::new(crate::sql::OnSqlite))
    }
}

pub(crate) fn log(store: &SqliteStore) -> Arc<dyn EventLog> {
    store.tenant(&TenantId::DEFAULT).log
}

/// What SQLite has reported, somewhere beneath an error.
pub(crate) fn sqlite_kind(error: &(dyn Error + 'static)) -> Option<SqliteErrorKind> {
    if let Some(OpenError::Sqlite(failure)) = error.downcast_ref() {
        return Some(failure.kind());
    }
    match error.downcast_ref() {
        Some(failure) => Some(SqliteError::kind(failure)),
        None => sqlite_kind(error.source()?),
    }
}
