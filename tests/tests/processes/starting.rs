//! Where a manager begins that has never run.

use eventsourcing::memory::MemoryStore;

use super::books::Books;
use super::shop::{CustomerId, PlaceOrder, RemarkOn};
use super::world::{close, open, order, place, remark};
use eventsourcing::prelude::*;

/// Something happens while no manager is there.
async fn meanwhile(store: &MemoryStore, number: u32) {
    let executor = Executor::new(store.clone());
    let place = PlaceOrder::new(order(number), CustomerId::new("bob"), 7);
    executor.execute(place).await.unwrap();
    executor
        .execute(RemarkOn::new(order(number), "hello".to_owned()))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn from_now_on_is_without_what_was_there_and_from_the_beginning_is_with_it() {
    let store = MemoryStore::new();
    meanwhile(&store, 1).await;
    let shop = open(&store).await;
    place(&shop, &order(2), "bob", 7).await;
    remark(&shop, &order(2), "hello").await;
    shop.settled().await.unwrap();

    let books = Books::of(&store).await;
    assert!(books.slip("greeting-1").is_empty());
    assert_eq!(books.slip("greeting-2"), ["welcome"]);
    for number in [1, 2] {
        assert_eq!(books.slip(number), ["hello"]);
        assert_eq!(books.end_of(&order(number)), ["cancelled: 7 are missing"]);
    }
}

#[tokio::test(start_paused = true)]
async fn now_is_when_it_ran_for_the_first_time() {
    let store = MemoryStore::new();
    for number in 0..20 {
        meanwhile(&store, number).await;
    }
    close(open(&store).await).await;
    for number in 20..40 {
        meanwhile(&store, number).await;
    }
    let shop = open(&store).await;
    shop.settled().await.unwrap();

    let books = Books::of(&store).await;
    for number in 0..40 {
        let greeting = books.slip(format!("greeting-{number}"));
        assert_eq!(greeting.len(), usize::from(number >= 20), "order {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn now_can_be_before_there_is_anything() {
    let store = MemoryStore::new();
    close(open(&store).await).await;
    meanwhile(&store, 1).await;
    let shop = open(&store).await;
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("greeting-1"), ["welcome"]);
}
