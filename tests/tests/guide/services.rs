use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eventsourcing::bus::{Listener, Page, Transport};
use eventsourcing::command::Prepare;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::{EventStore, FeedFilter};
use eventsourcing::wire::{CommandResult, MemoryProtocol, WireCommand, check, timing};
use eventsourcing::{Position, StreamId, TenantId};
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};

use super::aggregates::{Todo, TodoEvent};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "list")]
pub struct ListId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "list")]
pub enum ListEvent {
    Added {
        #[stream]
        list: ListId,
        title: String,
    },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(ListEvent::Added))]
pub struct AddTodo {
    #[stream]
    list: ListId,
    title: String,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no such word")]
pub struct NoWord;

impl CommandLogic for AddTodo {
    type Error = NoWord;

    async fn prepare(&mut self, cx: &Prepare) -> Result<(), NoWord> {
        let dictionary = cx.resource::<Dictionary>();
        self.title = dictionary.ok_or(NoWord)?.translate(&self.title);
        Ok(())
    }

    fn handle(&self, _: &AddTodoState, cx: &mut Decide<Self>) -> Result<(), NoWord> {
        emit!(
            cx,
            ListEvent::Added {
                list: self.list.clone(),
                title: self.title.clone()
            }
        );
        Ok(())
    }
}

/// Translates what is to be done.
pub struct Dictionary {
    milk: &'static str,
}

impl Dictionary {
    fn french() -> Self {
        Self { milk: "lait" }
    }

    fn translate(&self, text: &str) -> String {
        text.replace("milk", self.milk)
    }
}

#[process_manager(on = TodoEvent::Created, start = beginning)]
fn list_every_todo(title: &str) -> AddTodo {
    AddTodo {
        list: ListId("everything".into()),
        title: title.to_owned(),
    }
}

#[module(commands(AddTodo), process_managers(list_every_todo))]
pub struct Lists;

#[service(aggregates(Todo), modules(Lists), resources(Dictionary))]
pub struct TodoApp;

mod elsewhere {
    use super::{AddTodo, TodoEvent, list_every_todo};
    use eventsourcing::prelude::*;

    #[service(
        process_managers(list_every_todo),
        commands(AddTodo),
        extern_events(TodoEvent = "the service of todos stores them")
    )]
    pub struct ListApp;
}

#[tokio::test]
async fn a_service_runs() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::new();
    let app = TodoApp::builder(store)
        .provide(Dictionary::french())
        .start()
        .await?;

    let mut events = app.subscribe(FeedFilter::ALL).await?;

    let create =
        WireCommand::new("Create", &json!({ "title": "buy milk" }))?.for_target(StreamId::new("todo-17")?);
    match app.dispatch(create).await {
        CommandResult::Success(success) => println!("done at position {}", success.position),
        CommandResult::Rejected(rejection) => println!("no: {}", rejection.message),
        other => println!("{}", other.name()),
    }

    app.execute(AddTodo {
        list: ListId("shop".into()),
        title: "buy milk".into(),
    })
    .await?;

    let page = events.next().await?;
    assert_eq!(page.events[0].event_type, "todo.Created");

    let status = app.status();
    println!(
        "{} has {} commands under way",
        status.service, status.commands_under_way
    );
    assert!(app.health().await.ready);

    app.shutdown(Duration::from_secs(10)).await?;
    Ok(())
}

#[tokio::test]
async fn layers_and_protocols() -> Result<(), Box<dyn std::error::Error>> {
    let app = TodoApp::builder(MemoryStore::new())
        .provide(Dictionary::french())
        .layer(check(|command: &mut WireCommand| {
            command.metadata.deadline.get_or_insert(Duration::from_secs(2));
            Ok(())
        }))
        .layer(timing())
        .start()
        .await?;
    let (protocol, client, events) = MemoryProtocol::new();
    drop((client, events));
    app.serve(protocol).await?;
    Ok(())
}

#[test]
fn a_service_describes_itself() {
    println!("{}", TodoApp::describe().to_mermaid());
    let description = TodoApp::describe();
    let created = description
        .events
        .iter()
        .find(|event| event.name == "todo.Created")
        .unwrap();
    assert_eq!(created.handled_by, ["list_every_todo"]);
    assert_eq!(elsewhere::ListApp::describe().commands.len(), 1);
}

#[tokio::test]
async fn a_service_has_several_stores() -> Result<(), Box<dyn std::error::Error>> {
    let (todos, lists) = (MemoryStore::new(), MemoryStore::new());
    let app = TodoApp::builder(todos)
        .store_for::<ListId>(lists)
        .provide(Dictionary::french())
        .start()
        .await?;
    app.execute(AddTodo {
        list: ListId("shop".into()),
        title: "buy milk".into(),
    })
    .await?;

    let lists = app.bus_of::<ListId>();
    let mut added = lists.subscribe(&TenantId::DEFAULT, None, FeedFilter::ALL);

    assert_eq!(added.next().await?.events[0].event_type, "list.Added");
    assert_eq!(app.bus().end(&TenantId::DEFAULT).await?.position, Position::START);
    Ok(())
}

/// Tells all processes that something was committed.
#[derive(Clone, Debug)]
struct Broker(broadcast::Sender<()>);

#[derive(Debug)]
struct Heard(broadcast::Receiver<()>);

impl Transport for Broker {
    fn listen(&self, _: &Arc<dyn EventStore>, _: &TenantId) -> Box<dyn Listener> {
        Box::new(Heard(self.0.subscribe()))
    }
}

#[async_trait]
impl Listener for Heard {
    async fn next(&mut self) -> Option<Arc<Page>> {
        match self.0.recv().await {
            // It is gone. The log is looked at from time to time all the same.
            Err(RecvError::Closed) => pending().await,
            // It has told that there is something, and not what: the log is read.
            _ => None,
        }
    }
}

#[tokio::test]
async fn a_service_listens_to_a_broker() -> Result<(), Box<dyn std::error::Error>> {
    let (store, broker) = (MemoryStore::new(), Broker(broadcast::channel(16).0));
    let tell = broker.0.clone();
    let app = TodoApp::builder(store)
        .bus(broker)
        .provide(Dictionary::french())
        .start()
        .await?;

    let mut events = app.subscribe(FeedFilter::ALL).await?;
    app.execute(AddTodo {
        list: ListId("shop".into()),
        title: "buy milk".into(),
    })
    .await?;
    tell.send(())?;
    assert_eq!(events.next().await?.events[0].event_type, "list.Added");
    Ok(())
}
