//! What cannot be dealt with is set aside, and the rest goes on.

use std::num::NonZeroU32;
use std::time::Duration;

use eventsourcing::StreamKey as _;
use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::process::{ParkedError, ParkedInstance, SettledError, lane};
use eventsourcing::service::Runtime;

use super::books::{Books, log};
use super::shop::{CustomerId, Jam, OrderId, Repair, TakePayment, TillId};
use super::world::{
    append_raw, close, deposit, execute, nothing_is_parked, open, order, parked, place, remark, skip, slip,
    status,
};

/// Another order whose remarks are printed in the same lane.
fn neighbour_of(one: &OrderId) -> OrderId {
    let lanes = NonZeroU32::new(8).unwrap();
    let lane_of = |order: &OrderId| lane(&order.to_stream_id().unwrap(), lanes);
    let mut others = (1_000..).map(order);
    others.find(|other| lane_of(other) == lane_of(one)).unwrap()
}

/// What is parked of the only instance that has anything parked: which, and why.
fn reasons(shop: &Runtime, manager: &str) -> (String, Vec<Option<String>>) {
    let parked: [ParkedInstance; 1] = parked(shop, manager).try_into().unwrap();
    let [ParkedInstance { instance, events }] = parked;
    (instance, events.into_iter().map(|event| event.reason).collect())
}

async fn retry(shop: &Runtime, manager: &str, instance: &str) -> Result<(), ParkedError> {
    let managers = shop.process_managers();
    managers.retry(&TenantId::DEFAULT, manager, instance).await
}

/// The slip of order 1 is jammed, and three remarks wait for it.
async fn a_jam(store: &MemoryStore) -> Runtime {
    let shop = open(store).await;
    execute(&shop, Jam::new(slip(&order(1)))).await;
    for text in ["one", "two", "three"] {
        remark(&shop, &order(1), text).await;
        remark(&shop, &neighbour_of(&order(1)), text).await;
    }
    shop.settled().await.unwrap();
    shop
}

#[tokio::test(start_paused = true)]
async fn a_rejection_that_nobody_handles_parks_its_instance_and_the_others_of_the_lane_go_on() {
    let store = MemoryStore::new();
    let shop = a_jam(&store).await;

    let (instance, reasons) = reasons(&shop, "print_remarks");
    assert_eq!(instance, "order-1");
    let reason = "the command `Print` was refused: paper jam".to_owned();
    assert_eq!(reasons, [Some(reason), None, None]);
    assert!(parked(&shop, "fulfilment").is_empty());

    let books = Books::of(&store).await;
    assert!(books.slip("1").is_empty());
    assert_eq!(books.slip(neighbour_of(&order(1))), ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_is_tried_again_in_its_order_when_somebody_says_so() {
    let store = MemoryStore::new();
    let shop = a_jam(&store).await;
    let failed = retry(&shop, "print_remarks", "order-1").await;
    assert!(matches!(failed, Err(ParkedError::Failed { reason }) if reason.contains("paper jam")));
    let [instance] = parked(&shop, "print_remarks").try_into().unwrap();
    assert_eq!(
        instance
            .events
            .iter()
            .map(|event| event.attempts)
            .collect::<Vec<_>>(),
        [2, 0, 0]
    );

    execute(&shop, Repair::new(slip(&order(1)))).await;
    retry(&shop, "print_remarks", "order-1").await.unwrap();
    assert!(nothing_is_parked(&shop));
    remark(&shop, &order(1), "four").await;
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one", "two", "three", "four"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_stays_so_over_a_restart() {
    let store = MemoryStore::new();
    close(a_jam(&store).await).await;

    let shop = open(&store).await;
    remark(&shop, &order(1), "four").await;
    shop.settled().await.unwrap();
    assert_eq!(reasons(&shop, "print_remarks").1.len(), 4);
    execute(&shop, Repair::new(slip(&order(1)))).await;
    retry(&shop, "print_remarks", "order-1").await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["one", "two", "three", "four"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_of_what_is_parked_can_be_passed_over() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    for text in ["! one", "two", "! three", "four"] {
        remark(&shop, &order(1), text).await;
    }
    shop.settled().await.unwrap();
    assert_eq!(reasons(&shop, "print_remarks").1.len(), 4);

    skip(&shop, "print_remarks", "order-1").await.unwrap();
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["two"]);
    let (_, left) = reasons(&shop, "print_remarks");
    let reason = "the command `Print` was refused: cannot be printed: ! three".to_owned();
    assert_eq!(left, [Some(reason), None]);

    skip(&shop, "print_remarks", "order-1").await.unwrap();
    shop.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("1"), ["two", "four"]);
    assert!(nothing_is_parked(&shop));
}

#[tokio::test(start_paused = true)]
async fn to_try_what_is_not_parked_does_nothing_and_an_unknown_manager_is_an_error() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    retry(&shop, "print_remarks", "order-1").await.unwrap();
    skip(&shop, "print_remarks", "order-1").await.unwrap();
    let unknown = retry(&shop, "print_nothing", "order-1").await;
    assert!(matches!(unknown, Err(ParkedError::NoSuchManager { manager }) if manager == "print_nothing"));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_parks_its_instance() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    let neighbour = neighbour_of(&order(1));
    for text in ["one", "panic", "three"] {
        remark(&shop, &order(1), text).await;
        remark(&shop, &neighbour, &text.replace("panic", "two")).await;
    }
    shop.settled().await.unwrap();

    let (instance, reasons) = reasons(&shop, "print_remarks");
    assert_eq!(instance, "order-1");
    let reason = "the process manager panicked: nobody can read that".to_owned();
    assert_eq!(reasons, [Some(reason), None]);
    let books = Books::of(&store).await;
    assert_eq!(books.slip("1"), ["one"]);
    assert_eq!(books.slip(neighbour), ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_read_is_parked() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    append_raw(&store, "order-1", "order.Remarked", r#"{"order":"1","text":7}"#).await;
    append_raw(&store, "order-2", "order.Placed", r#"{"order":"2"}"#).await;
    remark(&shop, &neighbour_of(&order(1)), "one").await;
    deposit(&shop, "ann", 10).await;
    place(&shop, &order(3), "ann", 7).await;
    shop.settled().await.unwrap();

    assert_eq!(reasons(&shop, "print_remarks").0, "order-1");
    let (instance, reasons) = reasons(&shop, "fulfilment");
    assert_eq!(instance, "order-2", "whose key nobody can tell");
    assert!(
        reasons[0].as_ref().unwrap().contains("missing field `customer`"),
        "{reasons:?}"
    );
    let books = Books::of(&store).await;
    assert_eq!(books.slip(neighbour_of(&order(1))), ["one"]);
    assert_eq!(books.end_of(&order(3)), ["confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_whose_own_records_cannot_be_read_is_parked() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    append_raw(&store, "fulfilment-1", "process.Reacted", "{}").await;
    place(&shop, &order(1), "bob", 7).await;
    place(&shop, &order(2), "bob", 7).await;
    shop.settled().await.unwrap();

    let (instance, reasons) = reasons(&shop, "fulfilment");
    assert_eq!(instance, "fulfilment-1");
    assert!(
        reasons[0].as_ref().unwrap().contains("missing field"),
        "{reasons:?}"
    );
    assert_eq!(
        Books::of(&store).await.end_of(&order(2)),
        ["cancelled: 7 are missing"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_manager_that_cannot_tell_what_it_has_parked_stops_and_says_why() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    execute(&shop, Jam::new(slip(&order(1)))).await;
    append_raw(&store, "process_parked-print_remarks", "process.Parked", "{}").await;
    remark(&shop, &order(1), "one").await;
    place(&shop, &order(1), "bob", 7).await;
    let settled = shop.settled().await;
    assert!(
        matches!(
            settled,
            Err(SettledError::Ended {
                manager: "print_remarks",
                reason: Some(_)
            })
        ),
        "{settled:?}"
    );
    assert!(
        status(&shop, "print_remarks")
            .error
            .unwrap()
            .contains("missing field")
    );
    for manager in ["greet", "fulfilment"] {
        assert_eq!(status(&shop, manager).error, None);
    }
    close(shop).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_left_to_people_is_left_alone() {
    let store = MemoryStore::new();
    let shop = a_jam(&store).await;
    let before = (log(&store).await.len(), shop.process_managers().status());
    tokio::time::sleep(Duration::from_hours(24)).await;
    assert_eq!(
        (log(&store).await.len(), shop.process_managers().status()),
        before
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_strict_handler_does_not_expect_is_parked() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    deposit(&shop, "ann", 20).await;
    let unordered = TakePayment {
        customer: CustomerId::new("ann"),
        till: TillId::new("1"),
        order: order(1),
        amount: 5,
    };
    execute(&shop, unordered).await;
    place(&shop, &order(2), "ann", 7).await;
    shop.settled().await.unwrap();

    let (instance, reasons) = reasons(&shop, "fulfilment");
    assert_eq!(instance, "fulfilment-1");
    let reason = "`fulfilment-1` is not running, and `MoneyEvent::Taken` is for one that is".to_owned();
    assert_eq!(reasons, [Some(reason)]);
    assert_eq!(Books::of(&store).await.end_of(&order(2)), ["confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn a_reason_however_long_does_not_keep_an_event_from_being_parked() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    // An event can be of 1 MiB. With the reason around it, it could not.
    let text = format!("!{}", "é".repeat(524_200));
    remark(&shop, &order(1), &text).await;
    remark(&shop, &neighbour_of(&order(1)), "one").await;
    shop.settled().await.unwrap();

    let (_, reasons) = reasons(&shop, "print_remarks");
    assert!(reasons[0].as_ref().unwrap().len() < 10_000);
    assert_eq!(Books::of(&store).await.slip(neighbour_of(&order(1))), ["one"]);
}

#[tokio::test(start_paused = true)]
async fn retries_and_new_events_at_the_same_time_keep_the_order() {
    let store = MemoryStore::new();
    let shop = a_jam(&store).await;
    execute(&shop, Repair::new(slip(&order(1)))).await;
    let texts: Vec<_> = (0..50).map(|number| number.to_string()).collect();
    let remarks = async {
        for text in &texts {
            remark(&shop, &order(1), text).await;
        }
    };
    let (retried, again, ()) = tokio::join!(
        retry(&shop, "print_remarks", "order-1"),
        retry(&shop, "print_remarks", "order-1"),
        remarks
    );
    retried.and(again).unwrap();
    shop.settled().await.unwrap();

    let first = ["one", "two", "three"].into_iter();
    let all: Vec<_> = first.chain(texts.iter().map(String::as_str)).collect();
    assert_eq!(Books::of(&store).await.slip("1"), all);
    assert!(nothing_is_parked(&shop));
}
