//! Orders are led to their end over several stores.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventsourcing::process::ParkedInstance;
use eventsourcing::service::Runtime;
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::{EventStore, FeedFilter};
use eventsourcing::{EventTypeName, TenantId, TypeFilter};
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use tempfile::TempDir;

use super::books::log;
use super::shop::{CustomerId, Deposit, Jam, PlaceOrder, RemarkOn, Repair};
use super::stores::{Stores, assert_that_both_have_come_to_their_end};
use super::world::{
    append_raw, close, deposit, execute, nothing_is_parked, order, parked, place, remark, settled_anyhow,
    skip, slip,
};

/// One who can pay, one who cannot, and something to print.
async fn two_orders(shop: &Runtime) {
    deposit(shop, "ann", 5).await;
    place(shop, &order(1), "ann", 5).await;
    place(shop, &order(2), "ann", 7).await;
    remark(shop, &order(1), "hello").await;
}

#[tokio::test(start_paused = true)]
async fn orders_are_led_to_their_end_over_several_stores() {
    for stores in [Stores::apart(), Stores::bank(), Stores::orders_alone()] {
        let shop = stores.open().await;
        two_orders(&shop).await;
        shop.settled().await.unwrap();
        assert!(nothing_is_parked(&shop));
        assert_that_both_have_come_to_their_end(&stores.books().await, &stores);
        close(shop).await;
    }
}

/// The categories of the streams of a store.
async fn categories(store: &Arc<dyn EventStore>) -> BTreeSet<String> {
    let events = log(store).await;
    let streams = events.iter().map(|event| event.home.stream.category().to_owned());
    streams.collect()
}

#[tokio::test(start_paused = true)]
async fn each_stream_is_in_its_store_and_records_of_managers_are_where_they_are_needed() {
    let stores = Stores::apart();
    let shop = stores.open().await;
    two_orders(&shop).await;
    shop.settled().await.unwrap();
    close(shop).await;

    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(categories(&stores.main).await, set(&["order", "process_sent"]));
    assert_eq!(
        categories(&stores.money).await,
        set(&["customer", "process_withdrawn"])
    );
    assert_eq!(categories(&stores.slips).await, set(&["slip"]));
    assert_eq!(categories(&stores.instances).await, set(&["fulfilment"]));
}

#[tokio::test(start_paused = true)]
async fn status_and_health_speak_of_each_store() {
    let stores = Stores::bank();
    let shop = stores.open().await;
    two_orders(&shop).await;
    shop.settled().await.unwrap();

    let health = shop.health().await;
    assert!(health.ready);
    let told: Vec<_> = health
        .stores
        .iter()
        .map(|store| (store.categories.len(), store.end_of_log.unwrap()))
        .collect();
    let main = shop.bus().end(&TenantId::DEFAULT).await.unwrap();
    let money = shop.bus_of::<CustomerId>().end(&TenantId::DEFAULT).await.unwrap();
    assert_eq!(told, [(0, main.position), (2, money.position)]);

    let status = shop.process_managers().status();
    let of_fulfilment: Vec<_> = status
        .iter()
        .filter(|status| status.manager == "fulfilment")
        .map(|status| (status.categories.len(), status.position))
        .collect();
    assert_eq!(of_fulfilment, told);
}

/// What the process manager of orders has parked of the events about money.
fn parked_of_money(shop: &Runtime) -> Vec<ParkedInstance> {
    let status = shop.process_managers().status();
    let of_money = status
        .into_iter()
        .find(|status| status.manager == "fulfilment" && !status.categories.is_empty());
    of_money.unwrap().parked
}

/// The order 1 was placed. There is no customer without a name, so nobody can be asked for money.
async fn placed_by_nobody(stores: &Stores) {
    let payload = r#"{"order":"1","customer":"","total":5}"#;
    append_raw(&stores.main, "order-1", "order.Placed", payload).await;
}

/// Something was taken for the order 1, and nobody has asked for that.
async fn taken(stores: &Stores, amount: u64) {
    let payload = format!(r#"{{"customer":"ann","till":"1","order":"1","amount":{amount}}}"#);
    append_raw(&stores.money, "customer-ann", "money.Taken", &payload).await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_early_from_another_store_is_taken_up_later() {
    let stores = Stores::bank();
    let shop = stores.open().await;
    deposit(&shop, "ann", 20).await;
    let only_parked = FeedFilter {
        types: TypeFilter::Only(
            [EventTypeName::from_static("process.Parked")]
                .into_iter()
                .collect(),
        ),
        ..FeedFilter::ALL
    };
    let mut events = shop
        .bus_of::<CustomerId>()
        .subscribe(&TenantId::DEFAULT, None, only_parked);
    taken(&stores, 5).await;
    while events.next().await.unwrap().events.is_empty() {}
    assert_eq!(parked_of_money(&shop)[0].instance, "fulfilment-1");

    placed_by_nobody(&stores).await;
    shop.settled().await.unwrap();
    assert!(parked_of_money(&shop).is_empty(), "{shop:?}");
    assert_eq!(stores.books().await.end_of(&order(1)), ["confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_has_failed_in_one_store_waits_in_the_others_too() {
    let stores = Stores::bank();
    let shop = stores.open().await;
    deposit(&shop, "ann", 20).await;
    placed_by_nobody(&stores).await;
    shop.settled().await.unwrap();
    assert_eq!(parked(&shop, "fulfilment")[0].instance, "fulfilment-1");

    taken(&stores, 5).await;
    shop.settled().await.unwrap();
    assert_eq!(parked_of_money(&shop)[0].events[0].reason, None);
    assert!(stores.books().await.end_of(&order(1)).is_empty());

    skip(&shop, "fulfilment", "fulfilment-1").await.unwrap();
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop), "{shop:?}");
    assert_eq!(stores.books().await.end_of(&order(1)), ["confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_refused_elsewhere_without_a_handler_is_parked_and_can_be_taken_up() {
    let stores = Stores::apart();
    let shop = stores.open().await;
    execute(&shop, Jam::new(slip(&order(1)))).await;
    for text in ["one", "two"] {
        remark(&shop, &order(1), text).await;
    }
    shop.settled().await.unwrap();
    assert_eq!(parked(&shop, "print_remarks")[0].events.len(), 2);

    execute(&shop, Repair::new(slip(&order(1)))).await;
    let managers = shop.process_managers();
    let tenant = TenantId::DEFAULT;
    managers.retry(&tenant, "print_remarks", "order-1").await.unwrap();
    shop.settled().await.unwrap();
    assert_eq!(stores.books().await.slip(order(1)), ["one", "two"]);
    assert!(nothing_is_parked(&shop));
}

/// Two runtimes on stores that may fail, while orders are placed on the stores themselves.
async fn two_at_work(stores: &Stores, may_fail: &Stores, orders: u32) {
    let twins = [may_fail.open_anyhow().await, may_fail.open_anyhow().await];
    let customers = stores.customers();
    for number in 0..orders {
        let customer = CustomerId::new((number % 3).to_string());
        // In time or not, for one out of two.
        if number % 2 == 0 {
            let deposit = Deposit {
                customer: customer.clone(),
                amount: 1,
            };
            customers.execute(deposit).await.unwrap();
        }
        let place = PlaceOrder::new(order(number), customer, 1);
        customers.execute(place).await.unwrap();
        let remark = RemarkOn::new(order(number), "one".to_owned());
        customers.execute(remark).await.unwrap();
    }
    for shop in &twins {
        settled_anyhow(shop).await;
    }
    for shop in twins {
        assert!(nothing_is_parked(&shop), "{shop:?}");
        close(shop).await;
    }
    let books = stores.books().await;
    for number in 0..orders {
        assert_eq!(books.slip(format!("greeting-{number}")), ["welcome"], "{number}");
        assert_eq!(books.slip(number), ["one"], "{number}");
        let ends = books.end_of(&order(number));
        match books.taken.get(&order(number)).map(Vec::as_slice) {
            Some(taken) => assert_eq!((taken, &ends[..]), (&[1][..], &["confirmed"][..]), "{number}"),
            None => assert_eq!(ends, ["cancelled: 1 are missing"], "{number}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runtimes_do_everything_once_over_several_stores() {
    let stores = Stores::apart();
    two_at_work(&stores, &stores, 100).await;
}

#[tokio::test(start_paused = true)]
async fn two_runtimes_do_everything_once_over_several_stores_that_fail_all_the_time() {
    for (seed, kind) in (0..).zip([Stores::apart, Stores::bank, Stores::orders_alone]) {
        let stores = kind();
        let plan = FaultPlan {
            conflicts: 40,
            ..FaultPlan::rough(seed)
        };
        let faulty = stores.map(|store| Arc::new(FaultyStore::new(store, plan)));
        two_at_work(&stores, &faulty, 40).await;
    }
}

async fn closed_every_day(stores: &Stores) {
    for day in 0..4 {
        let shop = stores.open().await;
        for number in day * 8..(day + 1) * 8 {
            deposit(&shop, "ann", 1).await;
            place(&shop, &order(number), "ann", 1).await;
            remark(&shop, &order(number), "hello").await;
        }
        close(shop).await;
    }
    let shop = stores.open().await;
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop));
    close(shop).await;
    let books = stores.books().await;
    for number in 0..32 {
        assert_eq!(books.slip(number), ["hello"], "{number}");
        assert_eq!(books.end_of(&order(number)), ["confirmed"], "{number}");
        assert_eq!(books.taken[&order(number)], [1], "{number}");
    }
}

/// A store in a file of its own.
async fn sqlite(folder: &TempDir, name: &str) -> Arc<dyn EventStore> {
    let store = SqliteStore::open(folder.path().join(name)).await;
    Arc::new(store.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_on_sqlite_and_memory_that_is_shut_down_in_the_middle_goes_on_from_there() {
    let folder = TempDir::new().unwrap();
    let orders_in_file = Stores {
        main: sqlite(&folder, "orders.db").await,
        ..Stores::apart()
    };
    closed_every_day(&orders_in_file).await;
    let money_in_file = Stores {
        money: sqlite(&folder, "money.db").await,
        ..Stores::bank()
    };
    closed_every_day(&money_in_file).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_runtimes_on_two_files_do_everything_once() {
    let folder = TempDir::new().unwrap();
    let (main, money) = (
        sqlite(&folder, "orders.db").await,
        sqlite(&folder, "money.db").await,
    );
    let stores = Stores {
        slips: Arc::clone(&main),
        instances: Arc::clone(&main),
        main,
        money,
    };
    two_at_work(&stores, &stores, 20).await;
}
