use std::ffi::OsString;
use std::io;
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::EventStore;
use eventsourcing_sqlite::{SqliteOptions, SqliteStore};
use eventsourcing_testkit::crash::{BoxError, StoppingClock, Subject};
use tempfile::TempDir;

use crate::arguments::Store;
use crate::campaign;

/// A store in a folder of its own, which is removed when this is dropped.
pub(crate) struct File {
    folder: TempDir,
}

impl File {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            folder: TempDir::new()?,
        })
    }
}

impl Subject for File {
    fn address(&self) -> OsString {
        self.folder.path().join("events.db").into()
    }

    fn command(&self) -> io::Result<Command> {
        campaign::victim(Store::Sqlite)
    }

    async fn open(&self) -> Result<Arc<dyn EventStore>, BoxError> {
        Ok(Arc::new(SqliteStore::open(self.address()).await?))
    }
}

/// For a victim.
pub(crate) async fn open(file: OsString) -> Result<Arc<dyn EventStore>, BoxError> {
    Ok(Arc::new(
        SqliteOptions::new().clock(StoppingClock).open(file).await?,
    ))
}
