use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::EventStore;
use eventsourcing_core::store::sql::{SqlTable, WorkError};

/// Prepares the store for one case.
///
/// A store whose clones are handles to it is its own setup. A store that lives in a file or in a database schema has a
/// setup of its own, which knows where:
///
/// ```
/// # use std::sync::Arc;
/// # use eventsourcing_core::store::EventStore;
/// use eventsourcing_testkit::conformance::Setup;
/// # use eventsourcing_memory::MemoryStore;
/// # #[derive(Default)]
/// # struct TempDir(MemoryStore);
/// # struct MyStore;
/// # impl MyStore {
/// #     async fn open(folder: &TempDir) -> MemoryStore { folder.0.clone() }
/// # }
///
/// struct InTempDir(TempDir);
///
/// #[async_trait::async_trait]
/// impl Setup for InTempDir {
///     async fn open(&self) -> Arc<dyn EventStore> {
///         Arc::new(MyStore::open(&self.0).await)
///     }
/// }
/// ```
#[async_trait]
pub trait Setup: Send + Sync + 'static {
    /// Opens the store. The first call makes it, empty and apart from all others; each further one opens the same store
    /// again, as another process would.
    async fn open(&self) -> Arc<dyn EventStore>;

    /// Runs the SQL of cases, if the store has [transactions](eventsourcing_core::store::sql) for it.
    fn sql(&self) -> Option<Arc<dyn RunSql>> {
        None
    }

    /// Removes the store. Called once, after the case, whether it has failed or not.
    async fn remove(&self) {}
}

/// Runs SQL of cases in a transaction of the store, as code of users would. The statements are such as every database takes.
#[async_trait]
pub trait RunSql: Send + Sync + 'static {
    /// Runs a statement, with the name of the table in place of each of two `{}`. Gives the first column of what it finds.
    ///
    /// # Errors
    /// Those of the database.
    async fn run(
        &self,
        tx: &mut (dyn Any + Send),
        statement: &'static str,
        table: SqlTable,
    ) -> Result<Vec<i64>, WorkError>;
}

#[async_trait]
impl<S: EventStore + Clone> Setup for S {
    async fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.clone())
    }
}
