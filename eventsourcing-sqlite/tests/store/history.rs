//! Tens of thousands of concurrent commands, judged by what their clients saw.

use std::sync::Arc;

use eventsourcing_testkit::history::Workload;
use tokio::task::JoinSet;

use crate::folder::Folder;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_random_load_keeps_every_promise() {
    let folder = Folder::new();
    let store = Arc::new(folder.open().await);
    let on_threads = |client| async {
        let mut set = JoinSet::new();
        set.spawn(client);
        set.join_next().await.expect("there is one task").expect("no client should panic")
    };
    let workload = Workload::new(2026).clients(32).commands(700).streams(40);
    let run = workload.run_on(store, on_threads).await.unwrap();
    let report = run.check();
    report.assert_clean();
    assert!(report.counts.acknowledged > 10_000, "{:?}", report.counts);
}
