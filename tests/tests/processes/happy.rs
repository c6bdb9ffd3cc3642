//! An order from the beginning to its end.

use eventsourcing::memory::MemoryStore;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use eventsourcing::{CausationId, Position, RecordedEvent};

use super::books::{Books, log};
use super::world::{close, deposit, nothing_is_parked, open, order, place, remark, status};

/// One customer can pay, the other cannot.
async fn two_orders(store: &(impl EventStore + Clone)) {
    let shop = open(store).await;
    deposit(&shop, "ann", 10).await;
    place(&shop, &order(1), "ann", 7).await;
    place(&shop, &order(2), "bob", 7).await;
    remark(&shop, &order(1), "soon, please").await;
    shop.settled().await.unwrap();

    let books = Books::of(store).await;
    assert_eq!(books.end_of(&order(1)), ["confirmed"]);
    assert_eq!(books.end_of(&order(2)), ["cancelled: 7 are missing"]);
    assert_eq!(books.taken, [(order(1), vec![7])].into());
    assert_eq!(books.slip("greeting-1"), ["welcome"]);
    assert_eq!(books.slip("1"), ["soon, please"]);
    assert!(nothing_is_parked(&shop));
    close(shop).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_is_led_to_its_end() {
    two_orders(&MemoryStore::new()).await;
}

#[tokio::test]
async fn an_order_is_led_to_its_end_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("shop.db")).await.unwrap();
    two_orders(&store).await;
}

#[tokio::test(start_paused = true)]
async fn when_it_is_settled_all_managers_have_come_to_the_end_of_the_log() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    shop.settled().await.unwrap();
    place(&shop, &order(1), "bob", 7).await;
    shop.settled().await.unwrap();
    let end = log(&store).await.last().unwrap().position;
    assert!(end > Position::new(1));
    for manager in ["print_remarks", "greet", "fulfilment"] {
        assert_eq!(status(&shop, manager).position, end, "{manager}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_follows_belongs_to_the_same_story_and_names_its_cause_and_its_manager() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    place(&shop, &order(1), "bob", 7).await;
    shop.settled().await.unwrap();

    let log = log(&store).await;
    let find = |event_type: &str| log.iter().find(|event| event.event_type == event_type).unwrap();
    let placed = find("order.Placed");
    let metadata = |event: &RecordedEvent| event.metadata().unwrap();
    for event in &log {
        assert_eq!(metadata(event).correlation_id, metadata(placed).correlation_id);
    }
    let commanded = |event_type: &str, cause: &RecordedEvent, manager: &str| {
        let event = find(event_type);
        assert_eq!(
            metadata(event).causation_id,
            CausationId::from(cause.id),
            "{event_type}"
        );
        assert_eq!(metadata(event).actor.unwrap().as_str(), manager, "{event_type}");
    };
    commanded("slip.Printed", placed, "process:greet");
    commanded("order.Cancelled", find("process.Refused"), "process:fulfilment");
    assert_eq!(
        metadata(find("process.Reacted")).causation_id,
        CausationId::from(placed.id)
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_that_does_nothing_is_dealt_with_too() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    remark(&shop, &order(1), "").await;
    remark(&shop, &order(1), "well?").await;
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["well?"]);
    assert!(nothing_is_parked(&shop));
}
