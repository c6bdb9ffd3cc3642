//! A small service: things to do, some of which belong together.

use std::time::Duration;

use axum::Router;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::Runtime;
use eventsourcing::store::EventStore;
use eventsourcing::wire::{CommandResult, WireCommand, check};
use eventsourcing_server::{Server, ServerLimits, Serving, WebSocketLimits};
use schemars::JsonSchema;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[stream_key(category = "todo")]
pub(crate) struct TodoId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub(crate) enum TodoEvent {
    Created { title: String },
    Completed,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum TodoError {
    #[error("there is such a todo already")]
    Exists,
    #[error("there is no such todo, or it is done")]
    NotOpen,
}

#[derive(Clone, Default)]
pub(crate) struct Todo {
    exists: bool,
    done: bool,
}

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    #[command]
    pub(crate) fn create(&self, title: String) -> Result<TodoEvent, TodoError> {
        require!(!self.exists, TodoError::Exists);
        Ok(TodoEvent::Created { title })
    }

    #[command]
    pub(crate) fn complete(&self) -> Result<TodoEvent, TodoError> {
        require!(self.exists && !self.done, TodoError::NotOpen);
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn created(&mut self) {
        self.exists = true;
    }

    #[apply]
    fn completed(&mut self) {
        self.done = true;
    }
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "link")]
pub(crate) enum LinkEvent {
    Linked {
        #[stream]
        first: TodoId,
        #[stream]
        second: TodoId,
    },
}

/// Says that two todos belong together.
#[derive(Command, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[command(emits(LinkEvent))]
pub(crate) struct Link {
    #[stream]
    first: TodoId,
    #[stream]
    second: TodoId,
    #[serde(default)]
    #[schemars(skip)]
    panic: bool,
}

impl CommandLogic for Link {
    type Error = TodoError;

    fn handle(&self, _: &LinkState, cx: &mut Decide<Self>) -> Result<(), TodoError> {
        assert!(!self.panic, "a secret of the program");
        emit!(
            cx,
            LinkEvent::Linked {
                first: self.first.clone(),
                second: self.second.clone(),
            }
        );
        Ok(())
    }
}

#[service(aggregates(Todo), commands(Link))]
pub(crate) struct TodoApp;

/// The service on a store.
pub(crate) async fn start(store: impl EventStore) -> Runtime {
    TodoApp::builder(store).layer(check(say)).start().await.unwrap()
}

/// The service on a store of its own.
pub(crate) async fn app() -> Runtime {
    start(MemoryStore::new()).await
}

/// A server of a service, on an address of its own. At its end it does not wait for clients that have nothing more to say.
pub(crate) async fn listening(runtime: Runtime) -> Serving {
    let limits = ServerLimits {
        websocket: WebSocketLimits {
            close_timeout: Duration::from_millis(50),
            ..WebSocketLimits::default()
        },
        ..ServerLimits::default()
    };
    let server = Server::new(runtime).bind("127.0.0.1:0").limits(limits);
    server.start().await.unwrap()
}

/// All routes of a service of its own.
pub(crate) async fn router() -> Router {
    Server::new(app().await).router()
}

/// What comes of the command `Say` is what its payload says.
fn say(command: &mut WireCommand) -> Result<(), CommandResult> {
    if command.name == "Say" {
        return Err(serde_json::from_slice(&command.payload).unwrap());
    }
    Ok(())
}
