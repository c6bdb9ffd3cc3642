//! Without a bug, nothing is found.

use std::ops::Range;
use std::sync::Arc;

use eventsourcing_core::store::EventStore;
use eventsourcing_memory::MemoryStore;
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use eventsourcing_testkit::fixture;
use eventsourcing_testkit::history::{ClientTask, Report, Workload, WorkloadError};
use futures_util::future::try_join;
use tokio::task::JoinSet;

use crate::store::BuggyStore;

const SEEDS: Range<u64> = 0..5;

async fn check(seed: u64, store: impl EventStore) -> Result<Report, WorkloadError> {
    let report = Workload::new(seed).run(Arc::new(store)).await?.check();
    report.assert_clean();
    Ok(report)
}

fn on_a_bad_day(seed: u64, store: impl EventStore) -> FaultyStore {
    FaultyStore::new(Arc::new(store), FaultPlan::rough(seed))
}

#[tokio::test(start_paused = true)]
async fn the_plain_store_is_clean_under_faults() -> Result<(), WorkloadError> {
    for seed in SEEDS {
        check(seed, on_a_bad_day(seed, BuggyStore::new(None))).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_memory_store_is_clean_under_faults() -> Result<(), WorkloadError> {
    for seed in SEEDS {
        check(seed, on_a_bad_day(seed, MemoryStore::new())).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_memory_store_is_clean_on_many_threads() -> Result<(), WorkloadError> {
    let on_threads = |client: ClientTask| async {
        let mut threads = JoinSet::new();
        threads.spawn(client);
        threads.join_next().await.unwrap().unwrap()
    };
    let run = Workload::new(1)
        .run_on(Arc::new(MemoryStore::new()), on_threads)
        .await?;
    run.check().assert_clean();
    Ok(())
}

#[tokio::test]
async fn tenants_do_not_get_into_each_others_way() -> Result<(), WorkloadError> {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let workload = |tenant| Workload::new(1).commands(50).tenant(fixture::tenant(tenant));
    let (alice, bob) = (workload("alice"), workload("bob"));
    let runs = try_join(alice.run(Arc::clone(&store)), bob.run(Arc::clone(&store)));
    let (alice, bob) = runs.await?;
    alice.check().assert_clean();
    bob.check().assert_clean();
    assert!(alice.log.len() > 100 && bob.log.len() > 100);
    Ok(())
}

#[tokio::test]
async fn a_seed_gives_the_same_history_each_time() -> Result<(), WorkloadError> {
    let first = check(7, MemoryStore::new()).await?;
    let second = check(7, MemoryStore::new()).await?;
    let other = check(8, MemoryStore::new()).await?;
    assert_eq!(first.digest, second.digest);
    assert_ne!(first.digest, other.digest);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_run_has_something_of_everything() -> Result<(), WorkloadError> {
    let counts = check(3, on_a_bad_day(3, BuggyStore::new(None))).await?.counts;
    assert!(counts.acknowledged > 700, "{counts}");
    assert!(counts.conflicted > 100, "{counts}");
    assert!(counts.repeated > 20, "{counts}");
    assert!(counts.settled > 40, "{counts}");
    assert!(counts.delivered > counts.events, "{counts}");
    Ok(())
}
