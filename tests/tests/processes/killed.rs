//! Who is killed at any call of a store goes on from there, also over several stores.

use std::sync::Arc;

use eventsourcing::environment::Environment;
use eventsourcing::service::Runtime;

use super::mortal::{Death, Process, Tasks};
use super::shop::{CustomerId, Deposit, PlaceOrder, RemarkOn};
use super::stores::{Stores, assert_that_both_have_come_to_their_end};
use super::world::{close, environment, nothing_is_parked, order, place};

/// Does the work of a day, and is killed at every call of a store, one after the other.
async fn killed_at_every_call(kind: fn() -> Stores, death: fn(u32) -> Death, with_a_twin: bool) {
    for call in 0.. {
        let stores = kind();
        // From now on it greets.
        close(stores.open().await).await;
        two_orders_of(&stores).await;

        let twin = if with_a_twin {
            Some(stores.open().await)
        } else {
            None
        };
        let process = Process::until(death(call));
        let survived = process
            .run(async {
                let shop = opened_by(&process, &stores).await;
                process.has_started();
                shop.settled().await.unwrap();
                close(shop).await;
            })
            .await;
        // What was refused could be paid for now.
        deposit(&stores, 7).await;
        if let Some(twin) = twin {
            twin.settled().await.unwrap();
            close(twin).await;
        }

        let shop = stores.open().await;
        shop.settled().await.unwrap();
        assert!(nothing_is_parked(&shop), "{call}: {shop:?}");
        close(shop).await;
        assert_that_both_have_come_to_their_end(&stores.books().await, death(call));
        if survived {
            assert!(call > 50, "{call}");
            return;
        }
    }
}

/// The shop of a process that may die.
async fn opened_by(process: &Arc<Process>, stores: &Stores) -> Runtime {
    let seen = stores.map(|store| Arc::new(process.sees(store)));
    let environment = Environment {
        spawn: Arc::new(Tasks(Arc::clone(process))),
        ..environment()
    };
    seen.builder().environment(environment).start().await.unwrap()
}

async fn deposit(stores: &Stores, amount: u64) {
    let customer = CustomerId::new("ann");
    let deposit = Deposit { customer, amount };
    stores.customers().execute(deposit).await.unwrap();
}

async fn two_orders_of(stores: &Stores) {
    deposit(stores, 5).await;
    let customers = stores.customers();
    for (number, total) in [(1, 5), (2, 7)] {
        let place = PlaceOrder::new(order(number), CustomerId::new("ann"), total);
        customers.execute(place).await.unwrap();
    }
    let remark = RemarkOn::new(order(1), "hello".to_owned());
    customers.execute(remark).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_is_killed_before_any_call_goes_on_from_there() {
    killed_at_every_call(Stores::bank, Death::Before, false).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_killed_after_any_call_goes_on_from_there() {
    killed_at_every_call(Stores::orders_alone, Death::After, false).await;
}

#[tokio::test(start_paused = true)]
async fn another_one_goes_on_when_one_is_killed_at_any_call() {
    killed_at_every_call(Stores::bank, Death::After, true).await;
}

#[tokio::test(start_paused = true)]
async fn a_command_is_refused_or_executed_elsewhere_whoever_is_killed_in_between() {
    let stores = Stores::bank();
    let slow = Process::until(Death::HeldBefore(&["process.Withdrawn", "process.Refused"]));
    let shop = opened_by(&slow, &stores).await;
    place(&shop, &order(1), "ann", 5).await;
    slow.is_held().await;

    // It was refused. Before that is recorded, there is money, and another process takes it; and is killed.
    deposit(&stores, 5).await;
    let quick = Process::until(Death::AfterEvent("money.Taken"));
    let survived = quick
        .run(async {
            let shop = opened_by(&quick, &stores).await;
            shop.settled().await.unwrap();
        })
        .await;
    assert!(!survived);

    slow.let_go();
    shop.settled().await.unwrap();
    assert!(nothing_is_parked(&shop), "{shop:?}");
    close(shop).await;
    let books = stores.books().await;
    assert_eq!(books.taken[&order(1)], [5]);
    assert_eq!(books.end_of(&order(1)), ["confirmed"]);
}
