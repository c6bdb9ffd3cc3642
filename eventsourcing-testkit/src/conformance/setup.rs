use std::sync::Arc;

use async_trait::async_trait;
use eventsourcing_core::store::EventStore;

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

    /// Removes the store. Called once, after the case, whether it has failed or not.
    async fn remove(&self) {}
}

#[async_trait]
impl<S: EventStore + Clone> Setup for S {
    async fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.clone())
    }
}
