use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Capabilities, EventStore, StoreIdentity, TenantStore};
use tokio::task::spawn_blocking;

use crate::checkpoints::SqliteCheckpoints;
use crate::database::Database;
use crate::leases::SqliteLeases;
use crate::log::SqliteLog;
use crate::rows::SqliteRows;
use crate::snapshots::SqliteSnapshots;
use crate::{OpenError, SqliteOptions, Synchronous};

/// An event store in an SQLite file.
///
/// A handle: clones are the same store. The file is closed some time after the last handle, and the last tenant's, is dropped,
/// when everything is done that was handed in. [`close`](Self::close) waits for that.
#[derive(Clone)]
pub struct SqliteStore {
    database: Arc<Database>,
    synchronous: Synchronous,
}

impl SqliteStore {
    /// Opens the store in this file, and makes it if there is none. The folder has to be there, on a local disk.
    ///
    /// # Errors
    /// If the file cannot be used, or was made by something else, or by a newer version of this crate.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        SqliteOptions::new().open(path).await
    }

    /// Closes the store, for all handles: waits until everything is settled that was handed in, and the file is closed. Then it can
    /// be moved, deleted or replaced, unless another process has it open.
    ///
    /// Whatever is called later fails as [unavailable](eventsourcing_core::store::StoreErrorKind::Unavailable), with nothing
    /// written; whoever waits for events is told so as well. Closing a store that is closed does nothing.
    ///
    /// ```
    /// use eventsourcing_sqlite::SqliteStore;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("bank.db");
    /// let store = SqliteStore::open(&path).await?;
    /// store.close().await;
    /// std::fs::rename(&path, folder.path().join("bank-2026.db"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) {
        self.database.close().await;
    }

    pub(crate) async fn open_with(options: SqliteOptions, path: PathBuf) -> Result<Self, OpenError> {
        let synchronous = options.synchronous;
        let opened = spawn_blocking(move || Database::open(&path, &options)).await;
        let database = opened.map_err(|stopped| OpenError::System(stopped.into()))??;
        Ok(Self {
            database: Arc::new(database),
            synchronous,
        })
    }
}

impl EventStore for SqliteStore {
    fn identity(&self) -> StoreIdentity {
        self.database.identity
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durable: self.synchronous == Synchronous::Full,
            shared: true,
        }
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        TenantStore {
            tenant: tenant.clone(),
            log: Arc::new(SqliteLog::new(Arc::clone(&self.database), tenant.clone())),
            checkpoints: Arc::new(SqliteCheckpoints::new(Arc::clone(&self.database), tenant.clone())),
            rows: Arc::new(SqliteRows::new(Arc::clone(&self.database), tenant.clone())),
            leases: Arc::new(SqliteLeases::new(Arc::clone(&self.database), tenant.clone())),
            snapshots: Arc::new(SqliteSnapshots::new(Arc::clone(&self.database), tenant.clone())),
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("database", &self.database)
            .field("synchronous", &self.synchronous)
            .finish()
    }
}
