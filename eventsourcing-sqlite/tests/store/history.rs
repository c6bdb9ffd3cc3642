//! Twenty thousand commands at the same time, judged by what their clients saw.

use std::sync::Arc;

use eventsourcing_sqlite::SqliteStore;
use eventsourcing_testkit::fixture::tenant;
use eventsourcing_testkit::history::{ClientTask, Report, Workload, WorkloadError};
use tokio::task::JoinSet;

use crate::folder::Folder;

const TENANTS: u64 = 4;

/// Tenants with eight clients each: they share the queue, the groups and the readers, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_commands_keep_every_promise() {
    let folder = Folder::new();
    let store = folder.open().await;
    let mut tenants = JoinSet::new();
    for number in 0..TENANTS {
        tenants.spawn(load(store.clone(), number));
    }
    let (mut commands, mut conflicts) = (0, 0);
    for report in tenants.join_all().await {
        report.assert_clean();
        commands += report.counts.commands();
        conflicts += report.counts.conflicted;
    }
    assert!(commands >= 20_000, "{commands} commands");
    assert!(conflicts >= 1_000, "{conflicts} conflicts");
}

async fn load(store: SqliteStore, number: u64) -> Report {
    let workload = Workload::new(number).tenant(tenant(&format!("tenant-{number}")));
    let workload = workload.clients(8).commands(640).streams(150);
    let run = workload.run_on(Arc::new(store), on_threads).await;
    run.expect("the store should give answers that clients can go on from")
        .check()
}

async fn on_threads(client: ClientTask) -> Result<(), WorkloadError> {
    let mut set = JoinSet::new();
    set.spawn(client);
    set.join_next().await.expect("one task").expect("no panic")
}
