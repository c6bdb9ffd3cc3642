use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::EventStore;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Log, RunSql, Setup};
use crate::fixture;

/// How long a case may take: long enough for a slow machine, and the end of one that waits for ever.
const PATIENCE: Duration = Duration::from_mins(2);

/// Makes the setup of a case.
pub(super) type NewSetup = fn() -> Arc<dyn Setup>;

/// The store that a case is about.
pub(super) struct Subject {
    pub(super) store: Arc<dyn EventStore>,
    setup: Arc<dyn Setup>,
    new_setup: NewSetup,
}

impl Subject {
    async fn create(new_setup: NewSetup) -> Self {
        let setup = new_setup();
        Self {
            store: setup.open().await,
            setup,
            new_setup,
        }
    }

    /// The log of the tenant that most cases are about.
    pub(super) fn log(&self) -> Log {
        Log::new(self.store.tenant(&TenantId::DEFAULT))
    }

    pub(super) fn tenant(&self, id: &str) -> Log {
        Log::new(self.store.tenant(&fixture::tenant(id)))
    }

    /// Runs SQL in the transactions of the store, if it has any.
    pub(super) fn sql(&self) -> Option<Arc<dyn RunSql>> {
        self.store.tenant(&TenantId::DEFAULT).rows.sql()?;
        let sql = self.setup.sql();
        Some(sql.expect("the setup of a store that has transactions for SQL should run some"))
    }

    /// The same store, opened once more.
    pub(super) async fn open_again(&self) -> Self {
        Self {
            store: self.setup.open().await,
            setup: Arc::clone(&self.setup),
            new_setup: self.new_setup,
        }
    }

    /// The same store, opened after everybody has left it.
    pub(super) async fn reopen(self) -> Self {
        let Self {
            store,
            setup,
            new_setup,
        } = self;
        drop(store);
        Self {
            store: setup.open().await,
            setup,
            new_setup,
        }
    }

    /// Another store of the same kind. Whoever makes one removes it.
    pub(super) async fn another(&self) -> Self {
        Self::create(self.new_setup).await
    }

    pub(super) async fn remove(self) {
        self.setup.remove().await;
    }
}

/// Runs one case on a store of its own, in a runtime of its own with more than one thread.
pub(super) fn run<C>(new_setup: NewSetup, case: fn(Subject) -> C)
where
    C: Future<Output = ()> + Send + 'static,
{
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let ended = runtime.block_on(async {
        let subject = Subject::create(new_setup).await;
        let setup = Arc::clone(&subject.setup);
        let mut task = JoinSet::new();
        task.spawn(case(subject));
        let ended = timeout(PATIENCE, task.join_next()).await;
        task.detach_all();
        setup.remove().await;
        ended
    });
    runtime.shutdown_background();
    if let Some(Err(failed)) = ended.expect("the case should end within two minutes") {
        std::panic::resume_unwind(failed.into_panic());
    }
}
