use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::{EventLog, EventStore};
use eventsourcing_sqlite::{SqliteError, SqliteErrorKind, SqliteOptions, SqliteStore};
use eventsourcing_testkit::conformance::Setup;
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder for a store, removed when it is dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// The file of the store.
    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("events.db")
    }

    pub(crate) async fn open(&self) -> SqliteStore {
        self.open_with(SqliteOptions::new()).await
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
}

pub(crate) fn log(store: &SqliteStore) -> Arc<dyn EventLog> {
    store.tenant(&TenantId::DEFAULT).log
}

/// What SQLite has reported, somewhere beneath an error.
pub(crate) fn sqlite_kind(error: &(dyn Error + 'static)) -> Option<SqliteErrorKind> {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.find_map(|cause| cause.downcast_ref::<SqliteError>()).map(SqliteError::kind)
}
