//! The streams of a service in two stores.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::{AcrossStores, ExecuteError, InvalidCommand};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Runtime, Service as _, StartError};
use eventsourcing::store::{ErrorClass, EventStore};
use eventsourcing::wire::{CommandResult, Dispatcher, MemoryProtocol, WireCommand};
use eventsourcing::{CommandId, TenantId};
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use eventsourcing_testkit::history::read_log;
use serde_json::json;

use super::{AddTodo, Create, ListEvent, ListId, Todo, TodoEvent, TodoId};

/// Puts a todo on a list.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added))]
struct PutOnList {
    #[stream(read)]
    todo: TodoId,
    #[stream]
    list: ListId,
}

impl CommandLogic for PutOnList {
    type Error = Infallible;

    fn handle(&self, _: &PutOnListState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (list, title) = (self.list.clone(), self.todo.0.clone());
        emit!(cx, ListEvent::Added { list, title });
        Ok(())
    }
}

/// Puts whatever it is on a list, and looks at what belongs to it.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added), discovers(todos: TodoId, read))]
struct PutAnything {
    #[stream]
    list: ListId,
    #[stream(read)]
    what: Option<StreamId>,
    todo: Option<TodoId>,
}

impl StreamResolver for PutAnything {
    fn discover(&self, _: &PutAnythingState, found: &mut PutAnythingFound) {
        if let Some(todo) = &self.todo {
            found.todos(todo.clone());
        }
    }
}

impl CommandLogic for PutAnything {
    type Error = Infallible;

    fn handle(&self, _: &PutAnythingState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (list, title) = (self.list.clone(), "anything".to_owned());
        emit!(cx, ListEvent::Added { list, title });
        Ok(())
    }
}

#[service(aggregates(Todo), commands(AddTodo))]
struct App;

#[service(aggregates(Todo), commands(AddTodo, PutOnList, PutAnything))]
struct Mixed;

fn todo(id: &str) -> TodoId {
    TodoId(id.into())
}

fn list(id: &str) -> ListId {
    ListId(id.into())
}

fn create(id: &str) -> Create {
    Create::new(todo(id), "buy milk".into())
}

fn add(to: &str) -> AddTodo {
    AddTodo {
        list: list(to),
        title: "milk".into(),
    }
}

/// What is in the streams of a store.
async fn streams(store: &impl EventStore) -> Vec<String> {
    let log = read_log(&*store.tenant(&TenantId::DEFAULT).log).await.unwrap();
    log.iter().map(|event| event.home.stream.to_string()).collect()
}

async fn start(main: &MemoryStore, lists: &MemoryStore) -> Runtime {
    let builder = App::builder(main.clone()).store_for::<ListId>(lists.clone());
    builder.start().await.unwrap()
}

#[tokio::test]
async fn each_command_happens_in_the_store_of_its_streams() {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let app = start(&main, &lists).await;
    app.execute(create("1")).await.unwrap();
    app.execute(add("1")).await.unwrap();
    let by_wire = WireCommand::new("AddTodo", &json!({ "list": "2", "title": "bread" })).unwrap();
    assert!(app.dispatch(by_wire).await.is_success());
    assert_eq!(streams(&main).await, ["todo-1"]);
    assert_eq!(streams(&lists).await, ["list-1", "list-2"]);
}

#[tokio::test]
async fn a_command_with_an_id_happens_once_in_its_store() {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let app = start(&main, &lists).await;
    let id = CommandId::from_key("only once");
    for repeated in [false, true] {
        let added = app.execute(add("1")).command_id(id).await.unwrap();
        assert_eq!(added.is_repeated(), repeated);
    }
    assert_eq!(streams(&lists).await, ["list-1"]);
}

#[tokio::test]
async fn handles_of_one_store_are_one_store() {
    let store = MemoryStore::new();
    let app = Mixed::builder(store.clone())
        .store_for::<ListId>(store.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(app.health().await.stores.len(), 1);
    let put = PutOnList {
        todo: todo("1"),
        list: list("1"),
    };
    app.execute(put).await.unwrap();
}

#[tokio::test]
async fn a_service_with_commands_over_two_stores_does_not_start() {
    let builder = Mixed::builder(MemoryStore::new()).store_for::<ListId>(MemoryStore::new());
    let Err(StartError::AcrossStores(refused)) = builder.start().await else {
        panic!("it should not start");
    };
    assert_eq!(
        refused.to_string(),
        "nothing is written to two stores at once, and 2 commands of the service would have to be: \
         `PutAnything` needs `todo`, and elsewhere `list`; `PutOnList` needs `todo`, and elsewhere `list`; \
         keep these categories in one store, or let a process manager lead from one store to the other"
    );
}

fn executor(main: &MemoryStore, lists: &MemoryStore) -> Executor {
    let builder = Executor::builder(main.clone()).store_for::<ListId>(lists.clone());
    builder.events::<TodoEvent>().build()
}

fn refused(stream: &str, elsewhere: &str) -> AcrossStores {
    AcrossStores {
        stream: Some(StreamId::new(stream).unwrap()),
        elsewhere: StreamId::new(elsewhere).unwrap(),
    }
}

async fn assert_refused(command: PutAnything, across: AcrossStores) {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let executor = executor(&main, &lists);
    let error = executor.execute(command).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(
        matches!(&error, ExecuteError::Invalid(InvalidCommand::AcrossStores(found)) if *found == across),
        "{error:?}"
    );
    assert!(streams(&main).await.is_empty() && streams(&lists).await.is_empty());
}

#[tokio::test]
async fn streams_that_are_known_only_now_are_in_one_store_or_the_command_is_refused() {
    let put = |what| PutAnything {
        list: list("1"),
        what: Some(StreamId::new(what).unwrap()),
        todo: None,
    };
    assert_refused(put("todo-1"), refused("list-1", "todo-1")).await;

    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    executor(&main, &lists).execute(put("list-2")).await.unwrap();
    assert_eq!(streams(&lists).await, ["list-1"]);
}

#[tokio::test]
async fn discovered_streams_are_in_the_same_store_or_the_command_is_refused() {
    let put = PutAnything {
        list: list("1"),
        what: None,
        todo: Some(todo("1")),
    };
    assert_refused(put, refused("list-1", "todo-1")).await;
}

/// Puts what it finds on a list.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added), discovers(lists: ListId))]
struct PutOnAny {
    #[stream(read)]
    what: Option<StreamId>,
}

impl StreamResolver for PutOnAny {
    fn discover(&self, _: &PutOnAnyState, found: &mut PutOnAnyFound) {
        found.lists(list("1"));
    }
}

impl CommandLogic for PutOnAny {
    type Error = Infallible;

    fn handle(&self, _: &PutOnAnyState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (list, title) = (list("1"), "anything".to_owned());
        emit!(cx, ListEvent::Added { list, title });
        Ok(())
    }
}

#[tokio::test]
async fn a_command_that_names_no_stream_is_in_the_main_store_and_so_is_what_it_discovers() {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let error = executor(&main, &lists)
        .execute(PutOnAny { what: None })
        .await
        .unwrap_err();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "it names no stream, and then needs `list-1`, which is not in the main store"
    );
    assert!(streams(&main).await.is_empty() && streams(&lists).await.is_empty());
}

#[tokio::test]
async fn a_version_is_expected_of_a_stream_in_the_same_store() {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let executor = executor(&main, &lists);
    let expecting = |stream: &str| {
        let stream = StreamId::new(stream).unwrap();
        executor
            .execute(add("1"))
            .expected_version(stream, Version::ABSENT)
    };
    expecting("list-2").await.unwrap();
    let error = expecting("todo-1").await.unwrap_err();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "it needs the streams `list-1` and `todo-1`, which are in two stores"
    );
}

#[tokio::test]
async fn over_the_wire_it_is_told_which_streams_are_in_two_stores() {
    let builder = Executor::builder(MemoryStore::new()).store_for::<ListId>(MemoryStore::new());
    let dispatcher = Dispatcher::builder(builder.build(), Mixed::TABLE).build();
    let put = json!({ "list": "1", "what": "todo-1", "todo": null });
    let result = dispatcher
        .dispatch(WireCommand::new("PutAnything", &put).unwrap())
        .await;
    let message = "it needs the streams `list-1` and `todo-1`, which are in two stores";
    assert_eq!(
        result,
        CommandResult::Invalid {
            path: "/payload".to_owned(),
            message: message.to_owned()
        }
    );
}

#[tokio::test]
async fn the_events_of_all_stores_are_published() {
    let (main, lists) = (MemoryStore::new(), MemoryStore::new());
    let app = start(&main, &lists).await;
    // So the positions of one store say nothing of the other.
    for number in 0..10 {
        app.execute(add(&number.to_string())).await.unwrap();
    }
    let (protocol, client, mut published) = MemoryProtocol::new();
    let outside = async {
        let add = WireCommand::new("AddTodo", &json!({ "list": "1", "title": "bread" })).unwrap();
        let create = WireCommand::new("Create", &json!({ "title": "bread" })).unwrap();
        let create = create.for_target(StreamId::new("todo-1").unwrap());
        let mut types = Vec::new();
        for command in [add, create] {
            assert!(client.send(&command).await.unwrap().is_success());
            types.push(published.next().await.unwrap().0.event_type.to_string());
        }
        assert_eq!(types, ["list.Added", "todo.Created"]);
        app.shutdown(Duration::from_secs(5)).await.unwrap();
    };
    let (served, ()) = tokio::join!(app.serve(protocol), outside);
    served.unwrap();
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_named_in_health() {
    let lists = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
    let app = App::builder(MemoryStore::new())
        .store_for::<ListId>(lists.clone())
        .start()
        .await
        .unwrap();
    lists.script_pages([Some(Fault::Unavailable)]);
    let health = app.health().await;
    assert!(!health.ready);
    let [main, of_lists] = &health.stores[..] else {
        panic!("there are two stores: {health:?}");
    };
    assert!(main.error.is_none() && main.categories.is_empty());
    assert!(of_lists.error.is_some() && of_lists.categories == ["list"]);
    assert!(app.health().await.ready);
}
