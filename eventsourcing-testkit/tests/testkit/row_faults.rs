//! Rows and leases of the faulty store are lost and late as it was told.
#![expect(clippy::expect_used, reason = "a helper that fails is a test that fails")]

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::Position;
use eventsourcing_core::TenantId;
use eventsourcing_core::store::lease::Holder;
use eventsourcing_core::store::rows::{Place, ReadRows, RowStore, WriteRows};
use eventsourcing_core::store::{Checkpoint, ErrorClass, EventStore};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_memory::MemoryStore;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore, WriteFault};
use eventsourcing_testkit::fixture::rows::{BALANCES, READER, balances, first, key, put, row};

async fn store(plan: FaultPlan) -> (FaultyStore, Arc<dyn RowStore>) {
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), plan);
    let rows = store.tenant(&TenantId::DEFAULT).rows;
    rows.prepare(&balances(1)).await.expect("it can be prepared");
    (store, rows)
}

/// From the beginning to the beginning.
fn opened(store: &FaultyStore, from: Place) -> Arc<WriteRows> {
    let start = Checkpoint {
        store: store.identity(),
        position: Position::START,
    };
    Arc::new(put(from, start, vec![row("1", "alice", 1)]))
}

/// How often the store within was written to.
async fn writes(store: &FaultyStore) -> u64 {
    let within = store.store().tenant(&TenantId::DEFAULT).rows;
    within
        .place(READER)
        .await
        .expect("the store within should be readable")
        .writes
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_done_or_not() {
    let (store, rows) = store(FaultPlan::NONE).await;
    let mut from = Place::START;
    for (fault, done) in [(WriteFault::LostWrite, 0), (WriteFault::LostAnswer, 1)] {
        store.script_writes([Some(fault)]);
        let lost = rows.write(opened(&store, from)).await.unwrap_err();
        assert_eq!(lost.class(), ErrorClass::UnknownOutcome);
        assert_eq!(writes(&store).await, done);
        from = rows.place(READER).await.unwrap();
    }
    rows.write(opened(&store, from)).await.unwrap();
    assert_eq!(store.counts().unknown_outcomes(), 2);
    assert_eq!((store.counts().writes, store.counts().faulty_writes), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn writes_and_loads_fail_before_they_reach_the_store_or_come_late() {
    let (store, rows) = store(FaultPlan::NONE).await;
    let late = Fault::Delay(Duration::from_secs(1));
    store.script_writes([Fault::Unavailable, Fault::Overloaded, late].map(|fault| Some(fault.into())));
    let mut classes = Vec::new();
    for _ in 0..3 {
        let written = rows.write(opened(&store, Place::START)).await;
        classes.push(written.err().map(|error| error.class()));
    }
    let expected = [Some(ErrorClass::Retry), Some(ErrorClass::Overloaded), None];
    assert_eq!(classes, expected);
    assert_eq!(writes(&store).await, 1);

    store.script_loads([
        Some(Fault::Unavailable),
        Some(Fault::Overloaded),
        Some(Fault::Unavailable),
    ]);
    let load = rows.load(first(&BALANCES), &[key("1")]).await.unwrap_err();
    assert_eq!(load.class(), ErrorClass::Retry);
    let read = rows.read(&ReadRows::all(first(&BALANCES))).await.unwrap_err();
    assert_eq!(read.class(), ErrorClass::Overloaded);
    let place = rows.place(READER).await.unwrap_err();
    assert_eq!(place.class(), ErrorClass::Retry);
    assert_eq!(store.counts().faulty_other_calls, 3);
}

#[tokio::test(start_paused = true)]
async fn writes_have_a_rough_day_as_appends_do() {
    let (store, rows) = store(FaultPlan::rough(7)).await;
    for _ in 0..1_000 {
        drop(rows.write(opened(&store, Place::START)).await);
    }
    let counts = store.counts();
    assert_eq!(counts.writes, 1_000);
    assert!((340..460).contains(&counts.faulty_writes), "{counts:?}");
    assert!((80..160).contains(&counts.unknown_outcomes()), "{counts:?}");
}

#[tokio::test]
async fn leases_cannot_be_reached_as_it_was_told() {
    let (store, _) = store(FaultPlan::NONE).await;
    let leases = store.tenant(&TenantId::DEFAULT).leases;
    let ada = Holder {
        id: Uuid::now_v7(),
        label: "ada".into(),
    };
    store.script_leases([
        Some(Fault::Unavailable),
        None,
        Some(Fault::Overloaded),
        Some(Fault::Unavailable),
    ]);
    let ttl = Duration::from_mins(1);
    let refused = leases.acquire(&["work".into()], &ada, ttl).await.unwrap_err();
    assert_eq!(refused.class(), ErrorClass::Retry);
    assert!(leases.list().await.unwrap().is_empty());
    let refused = leases.renew(&[], ttl).await.unwrap_err();
    assert_eq!(refused.class(), ErrorClass::Overloaded);
    let refused = leases.release(&[]).await.unwrap_err();
    assert_eq!(refused.class(), ErrorClass::Retry);
    leases.acquire(&["work".into()], &ada, ttl).await.unwrap();
    assert_eq!(leases.list().await.unwrap().len(), 1);
    assert_eq!(
        (store.counts().other_calls, store.counts().faulty_other_calls),
        (6, 3)
    );
}
