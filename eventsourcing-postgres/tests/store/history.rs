//! Tens of thousands of commands at the same time, each answer compared with the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Capabilities, EventStore, StoreIdentity, TenantStore};
use eventsourcing_postgres::PostgresStore;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::history::{ClientTask, Run, Workload, WorkloadError};
use tokio::task::JoinSet;

use crate::schema::TestSchema;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_commands_of_one_process_keep_every_promise() {
    let schema = TestSchema::new();
    let store = Arc::new(schema.open().await);
    let run = run(Workload::new(1).clients(64).commands(320).streams(1_000), store).await;
    let report = run.check();
    report.assert_clean();
    assert!(report.counts.commands() >= 20_000, "{:?}", report.counts);
    Setup::remove(&schema).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_in_each_others_way_keep_every_promise() {
    let schema = TestSchema::new();
    let store = Arc::new(TwoProcesses::open(&schema).await);
    let run = run(Workload::new(2).clients(32).commands(160).streams(100), store).await;
    let report = run.check();
    report.assert_clean();
    assert!(report.counts.conflicted > 100, "{:?}", report.counts);
    Setup::remove(&schema).await;
}

async fn run(workload: Workload, store: Arc<dyn EventStore>) -> Run {
    let run = workload.run_on(store, on_threads).await;
    run.expect("the store should give answers that clients can go on from")
}

async fn on_threads(client: ClientTask) -> Result<(), WorkloadError> {
    let mut set = JoinSet::new();
    set.spawn(client);
    set.join_next().await.expect("one task").expect("no panic")
}

/// Two handles that share nothing but the database; tenants are taken from them in turns.
#[derive(Debug)]
struct TwoProcesses {
    stores: [PostgresStore; 2],
    next: AtomicUsize,
}

impl TwoProcesses {
    async fn open(schema: &TestSchema) -> Self {
        Self {
            stores: [schema.open().await, schema.open().await],
            next: AtomicUsize::new(0),
        }
    }
}

impl EventStore for TwoProcesses {
    fn identity(&self) -> StoreIdentity {
        self.stores[0].identity()
    }

    fn capabilities(&self) -> Capabilities {
        self.stores[0].capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.stores[next % self.stores.len()].tenant(tenant)
    }
}
