use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::EventStore;
use eventsourcing_sqlite::SqliteStore;
use eventsourcing_testkit::conformance::Setup;
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
        SqliteStore::open(self.file())
            .await
            .expect("the store should open")
    }
}

#[async_trait]
impl Setup for Folder {
    async fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(Self::open(self).await)
    }
}
