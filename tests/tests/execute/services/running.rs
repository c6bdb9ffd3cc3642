use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::ExecuteError;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Phase, StartError, StillBusy};
use eventsourcing::store::{ErrorClass, FeedFilter};
use eventsourcing::wire::{CommandResult, MemoryProtocol, Rejection, WireCommand, check};
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use serde_json::json;
use tokio::sync::Notify;

use super::{AddTodo, Bullet, Create, Done, ListEvent, ListId, Plain, TodoApp, TodoId};

fn create(id: &str) -> Create {
    Create::new(TodoId(id.into()), "buy milk".into())
}

fn create_by_wire(id: &str) -> WireCommand {
    let target = StreamId::new(&format!("todo-{id}")).unwrap();
    WireCommand::new("Create", &json!({ "title": "buy milk" }))
        .unwrap()
        .for_target(target)
}

#[tokio::test]
async fn commands_use_the_resources_that_were_provided() {
    let app = TodoApp::builder(MemoryStore::new())
        .provide(Bullet("- "))
        .start()
        .await
        .unwrap();
    let list = ListId("1".into());
    let added = app
        .execute(AddTodo {
            list: list.clone(),
            title: "milk".into(),
        })
        .await
        .unwrap();
    let events: Vec<_> = added.events_of::<ListEvent>().unwrap();
    let title = "- milk".to_owned();
    assert_eq!(events[0].payload(), &ListEvent::Added { list, title });
}

#[tokio::test]
async fn typed_commands_and_those_over_the_wire_are_the_same() {
    let app = Plain::builder(MemoryStore::new()).start().await.unwrap();
    app.execute(create("1")).await.unwrap();
    let again = app.dispatch(create_by_wire("1")).await;
    assert_eq!(
        again,
        CommandResult::Rejected(Rejection::new("that was done before"))
    );
    let first = app.dispatch(create_by_wire("2")).await;
    assert!(matches!(first, CommandResult::Success(_)), "{first:?}");
    assert_eq!(
        app.execute(create("2")).await.unwrap_err().into_rejection(),
        Some(Done)
    );
}

#[tokio::test]
async fn layers_stand_around_what_comes_over_the_wire() {
    let nobody = || CommandResult::Rejected(Rejection::new("not you"));
    let app = Plain::builder(MemoryStore::new())
        .layer(check(move |_: &mut WireCommand| Err(nobody())))
        .start()
        .await
        .unwrap();
    assert_eq!(app.dispatch(create_by_wire("1")).await, nobody());
    assert!(app.execute(create("1")).await.is_ok());
}

#[tokio::test]
async fn a_subscriber_hears_what_comes() {
    let app = Plain::builder(MemoryStore::new()).start().await.unwrap();
    app.execute(create("1")).await.unwrap();
    let mut events = app.subscribe(FeedFilter::ALL).await.unwrap();
    app.execute(create("2")).await.unwrap();
    let page = events.next().await.unwrap();
    let streams: Vec<_> = page
        .events
        .iter()
        .map(|event| event.home.stream.as_str())
        .collect();
    assert_eq!(streams, ["todo-2"]);
}

#[tokio::test]
async fn a_service_that_shuts_down_takes_no_more_commands() {
    let app = Plain::builder(MemoryStore::new()).start().await.unwrap();
    assert_eq!(app.status().phase, Phase::Running);
    assert!(app.health().await.ready);
    app.shutdown(Duration::ZERO).await.unwrap();

    let refused = app.execute(create("1")).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::ShuttingDown));
    assert_eq!(refused.class(), ErrorClass::Retry);
    let refused = app.dispatch(create_by_wire("1")).await;
    assert!(
        matches!(refused, CommandResult::Unavailable { .. }),
        "{refused:?}"
    );
    assert_eq!(app.status().phase, Phase::Stopped);
    assert!(!app.health().await.ready);
}

/// A command that goes on when it is told to.
#[derive(Command)]
#[command(emits(ListEvent::Added))]
struct Slow {
    #[stream]
    list: ListId,
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl CommandLogic for Slow {
    type Error = Done;

    fn handle(&self, _: &SlowState, _: &mut Decide<Self>) -> Result<(), Done> {
        Ok(())
    }

    async fn prepare(&mut self, _: &eventsourcing::command::Prepare) -> Result<(), Done> {
        self.begun.notify_one();
        self.go_on.notified().await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_shuts_down_waits_for_commands_that_are_under_way() {
    let app = Plain::builder(MemoryStore::new()).start().await.unwrap();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = app.execute(Slow {
        list: ListId("1".into()),
        begun: Arc::clone(&begun),
        go_on: Arc::clone(&go_on),
    });
    let shutdown = async {
        begun.notified().await;
        let busy = app.shutdown(Duration::from_secs(1)).await;
        assert_eq!(busy, Err(StillBusy { commands: 1 }));
        assert_eq!(app.status().phase, Phase::ShuttingDown);
        go_on.notify_one();
        app.shutdown(Duration::from_secs(1)).await
    };
    let (slow, shutdown) = tokio::join!(slow, shutdown);
    assert!(slow.is_ok());
    assert_eq!(shutdown, Ok(()));
}

#[tokio::test]
async fn a_protocol_is_served_until_the_service_shuts_down() {
    let app = Plain::builder(MemoryStore::new()).start().await.unwrap();
    let (protocol, client, mut published) = MemoryProtocol::new();
    let outside = async {
        let result = client.send(&create_by_wire("1")).await.unwrap();
        assert!(matches!(result, CommandResult::Success(_)), "{result:?}");
        let event = published.next().await.unwrap();
        assert_eq!(event.0.event_type, "todo.Created");
        app.shutdown(Duration::from_secs(5)).await.unwrap();
    };
    let (served, ()) = tokio::join!(app.serve(protocol), outside);
    served.unwrap();
}

#[tokio::test]
async fn a_service_does_not_start_on_a_store_that_does_not_answer() {
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
    store.script_pages([Some(Fault::Unavailable)]);
    let started = Plain::builder(store).start().await;
    assert!(matches!(started, Err(StartError::Store(_))), "{started:?}");
}
