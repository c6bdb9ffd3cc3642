//! The service as somebody sees it who has nothing but a protocol.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;
use eventsourcing::store::ErrorClass;
use eventsourcing::uuid::Uuid;
use eventsourcing::wire::{
    CommandResult, MemoryClient, MemoryEvents, MemoryProtocol, Rejection, WireCommand,
};
use eventsourcing::{CommandId, StreamId, Version};
use eventsourcing_testkit::fault::{AppendFault, Fault, FaultPlan, FaultyStore};
use serde_json::{Value, json};

use super::books::Books;
use super::shop::Shop;
use super::world::{self, append_raw, environment, open, order};

fn command(name: &str, target: &str, payload: &Value) -> WireCommand {
    let command = WireCommand::new(name, payload).unwrap();
    command.for_target(StreamId::new(target).unwrap())
}

fn place(order: u32, customer: &str, total: u64) -> WireCommand {
    let payload = json!({ "customer": customer, "total": total });
    command("PlaceOrder", &format!("order-{order}"), &payload)
}

/// What comes of one command.
async fn send(client: &MemoryClient, command: WireCommand) -> CommandResult {
    client.send(&command).await.unwrap()
}

/// Serves a shop for as long as it is used.
async fn using<T>(shop: &Runtime, user: impl AsyncFnOnce(MemoryClient, MemoryEvents) -> T) -> T {
    let (protocol, client, events) = MemoryProtocol::new();
    let (served, answer) = tokio::join!(shop.serve(protocol), user(client, events));
    served.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn commands_go_in_and_all_that_follows_from_them_comes_out() {
    let shop = open(&MemoryStore::new()).await;
    let types = using(&shop, async |client, mut events| {
        let deposit = WireCommand::new("Deposit", &json!({ "customer": "ann", "amount": 10 })).unwrap();
        assert!(send(&client, deposit).await.is_success());
        assert!(send(&client, place(1, "ann", 7)).await.is_success());
        let mut types = Vec::new();
        while types.last().is_none_or(|last| last != "order.Confirmed") {
            types.push(events.next().await.unwrap().event_type.to_string());
        }
        types
    })
    .await;
    let ours: Vec<_> = types
        .iter()
        .filter(|name| !name.starts_with("process.") && *name != "slip.Printed")
        .collect();
    assert_eq!(
        ours,
        [
            "money.Deposited",
            "order.Placed",
            "money.Taken",
            "order.Confirmed"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_happened_is_told_once_and_again() {
    let shop = open(&MemoryStore::new()).await;
    using(&shop, async |client, _| {
        let mut place = place(1, "ann", 7);
        place.id = Some(CommandId::new(Uuid::now_v7()));
        let first = send(&client, place.clone()).await.into_success().unwrap();
        let again = send(&client, place).await.into_success().unwrap();
        assert_eq!((first.repeated, again.repeated), (false, true));
        assert_eq!(first.events, again.events);
        assert_eq!(
            first.versions,
            [(StreamId::new("order-1").unwrap(), Version::FIRST)].into()
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_told_apart() {
    let store = MemoryStore::new();
    let shop = open(&store).await;
    append_raw(&store, "slip-9", "slip.Printed", "{}").await;
    using(&shop, async |client, _| {
        assert!(send(&client, place(1, "ann", 7)).await.is_success());
        let twice = send(&client, place(1, "ann", 7)).await;
        assert_eq!(
            twice,
            CommandResult::Rejected(Rejection::new("the order was placed already"))
        );

        let mut expected = place(2, "ann", 7);
        expected.metadata.expected_version = Some(Version::FIRST);
        let conflict = send(&client, expected).await;
        assert!(matches!(conflict, CommandResult::Conflict { .. }), "{conflict:?}");

        let invalid = command(
            "PlaceOrder",
            "order-3",
            &json!({ "customer": "ann", "total": "much" }),
        );
        let invalid = send(&client, invalid).await;
        assert!(
            matches!(&invalid, CommandResult::Invalid { path, .. } if path == "/payload/total"),
            "{invalid:?}"
        );

        let unknown = send(&client, command("PlaceOder", "order-3", &json!({}))).await;
        let CommandResult::UnknownCommand { suggestions, .. } = &unknown else {
            panic!("{unknown:?}");
        };
        assert_eq!(suggestions[0], "order/PlaceOrder");

        let broken = send(&client, command("Print", "slip-9", &json!({ "text": "one" }))).await;
        assert!(matches!(broken, CommandResult::Failed { .. }), "{broken:?}");

        let garbage = client.send_json("{").await.unwrap();
        assert!(matches!(garbage, CommandResult::Invalid { .. }), "{garbage:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_may_be_sent_again_is_told_apart() {
    let faulty = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
    let shop = open(&faulty).await;
    let unavailable = || (0..10_000).map(|_| Some(Fault::Unavailable));
    using(&shop, async |client, _| {
        faulty.script_reads(unavailable());
        let mut hasty = place(1, "ann", 7);
        hasty.metadata.deadline = Some(Duration::from_secs(1));
        let result = send(&client, hasty).await;
        assert!(matches!(result, CommandResult::Unavailable { .. }), "{result:?}");
    })
    .await;

    let faulty = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
    let shop = open(&faulty).await;
    using(&shop, async |client, _| {
        faulty.script_appends([Some(AppendFault::LostAnswer)]);
        faulty.script_settles(unavailable());
        let result = send(&client, place(1, "ann", 7)).await;
        assert!(
            matches!(result, CommandResult::UnknownOutcome { .. }),
            "{result:?}"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_shop_that_is_full_or_closed_says_so() {
    let builder = Shop::builder(MemoryStore::new()).environment(environment());
    let full = builder.max_in_flight(0).start().await.unwrap();
    using(&full, async |client, _| {
        let result = send(&client, place(1, "ann", 7)).await;
        assert!(matches!(result, CommandResult::Overloaded { .. }), "{result:?}");
    })
    .await;

    let shop = open(&MemoryStore::new()).await;
    shop.shutdown(Duration::from_mins(1)).await.unwrap();
    let result = shop.dispatch(place(1, "ann", 7)).await;
    assert_eq!(result.class(), Some(ErrorClass::Retry), "{result:?}");
    // Whoever still serves it, stops.
    using(&shop, async |client, _| {
        assert_eq!(client.send(&place(1, "ann", 7)).await, None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn managers_do_not_wait_for_room_among_the_commands_of_customers() {
    let store = MemoryStore::new();
    let builder = Shop::builder(store.clone()).environment(environment());
    let full = builder.max_in_flight(0).start().await.unwrap();
    world::place(&full, &order(1), "bob", 7).await;
    full.settled().await.unwrap();
    assert_eq!(Books::of(&store).await.slip("greeting-1"), ["welcome"]);
}
