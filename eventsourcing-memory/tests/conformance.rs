//! The reference store keeps the whole contract, and what it promises besides.

use std::sync::Arc;

use eventsourcing_core::store::{EventStore, StoreEpoch, StoreId, StoreIdentity};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{Clock, TenantId, Timestamp};
use eventsourcing_memory::MemoryStore;
use eventsourcing_testkit::fixture::{append, event, read, whole};

eventsourcing_testkit::conformance!(MemoryStore::new());

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(12 * 60 * 60 * 1_000_000)
    }
}

#[tokio::test]
async fn events_are_recorded_at_the_time_of_the_clock() {
    let log = MemoryStore::with_clock(Noon).tenant(&TenantId::DEFAULT).log;
    let opened = append([event("account.Opened", "account-1")]);
    let appended = log.append(Arc::new(opened)).await.unwrap();
    assert_eq!(appended.events[0].recorded_at, Noon.now());
}

#[tokio::test]
async fn clones_are_the_same_store() {
    let store = MemoryStore::new();
    let clone = store.clone();
    assert_eq!(store.identity(), clone.identity());
    let opened = append([event("account.Opened", "account-1")]);
    store
        .tenant(&TenantId::DEFAULT)
        .log
        .append(Arc::new(opened))
        .await
        .unwrap();
    let log = clone.tenant(&TenantId::DEFAULT).log;
    let found = log.read_streams(&read([whole("account-1")])).await.unwrap();
    assert_eq!(found.slices[0].head.get(), 1);
}

#[test]
fn the_identity_can_be_chosen() {
    let identity = StoreIdentity {
        id: StoreId::new(Uuid::from_u128(1)),
        epoch: StoreEpoch::new(Uuid::from_u128(2)),
    };
    assert_eq!(MemoryStore::with_identity(identity, Noon).identity(), identity);
}
