//! A store is known by its identity, and by no other.

use eventsourcing_core::store::ReadFeed;

use super::Subject;
use crate::fixture::{append, event};

pub(super) async fn every_handle_tells_the_same_identity(store: Subject) {
    let identity = store.store.identity();
    assert_eq!(store.store.identity(), identity);
    assert_eq!(store.reopen().await.store.identity(), identity);
}

pub(super) async fn two_stores_are_told_apart(store: Subject) {
    let other = store.another().await;
    assert_ne!(store.store.identity().id, other.store.identity().id);
    other.remove().await;
}

pub(super) async fn readers_get_checkpoints_of_this_store(store: Subject) {
    let log = store.log();
    assert_eq!(
        log.page(ReadFeed::after(None)).await.scanned_to.store,
        store.store.identity()
    );
    log.write(append([event("a.Happened", "a-1")])).await;
    assert_eq!(
        log.page(ReadFeed::after(None)).await.scanned_to.store,
        store.store.identity()
    );
}

pub(super) async fn handles_of_one_tenant_are_the_same_log(store: Subject) {
    store.log().write(append([event("a.Happened", "a-1")])).await;
    assert_eq!(store.log().head("a-1").await, 1);
}
