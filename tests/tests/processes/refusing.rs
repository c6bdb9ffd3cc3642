//! At a type that nobody knows, process managers stop that may have waited for it.

use eventsourcing::memory::MemoryStore;
use eventsourcing::process::SettledError;

use super::world::{append_raw, close, open, order, place, status};

async fn has_stopped(shop: &eventsourcing::service::Runtime) {
    let error = shop.settled().await.unwrap_err();
    assert!(matches!(error, SettledError::Ended { .. }), "{error}");
    assert!(
        error.to_string().contains("does not know: `order.Ordered`"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_manager_stops_at_a_type_that_appears_later() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    place(&shop, &order(1), "ann", 5).await;
    shop.settled().await.unwrap();
    append_raw(&store, "order-2", "order.Ordered", "{}").await;
    has_stopped(&shop).await;
    close(shop).await;
}

#[tokio::test(start_paused = true)]
async fn a_manager_takes_nothing_of_a_log_that_may_hold_old_names() {
    let store = MemoryStore::new();
    append_raw(&store, "order-1", "order.Ordered", "{}").await;
    let shop = open(&store).await;
    has_stopped(&shop).await;
    assert_eq!(status(&shop, "fulfilment").position.get(), 0);
    close(shop).await;
}
