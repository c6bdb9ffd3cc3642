//! Services: which commands, events and process managers belong together, and their runtime.
//!
//! `#[service(..)]` makes a unit struct a [`Service`], `#[module(..)]` a [`Module`], which services share. Everything that they
//! list is constant: the compiler joins it, checks it, and makes the [`Table`] by which commands are found. Nothing is
//! registered when the program runs.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! use eventsourcing::wire::{CommandResult, WireCommand};
//!
//! #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! #[stream_key(category = "todo")]
//! pub struct TodoId(String);
//!
//! #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! #[stream_key(category = "list")]
//! pub struct ListId(String);
//!
//! #[derive(Event, Clone, Debug, PartialEq)]
//! #[event(prefix = "todo")]
//! pub enum TodoEvent { Created { title: String } }
//!
//! #[derive(Event, Clone, Debug, PartialEq)]
//! #[event(prefix = "list")]
//! pub enum ListEvent { Added { #[stream] list: ListId, title: String } }
//! # #[derive(Debug, PartialEq, thiserror::Error)]
//! # #[error("the todo exists already")]
//! # pub struct Exists;
//!
//! #[derive(Clone, Default)]
//! pub struct Todo { is_there: bool }
//!
//! #[aggregate(id = TodoId, event = TodoEvent, error = Exists)]
//! impl Todo {
//!     #[command]
//!     pub fn create(&self, title: String) -> Result<TodoEvent, Exists> {
//!         require!(!self.is_there, Exists);
//!         Ok(TodoEvent::Created { title })
//!     }
//!
//!     #[apply]
//!     fn created(&mut self) {
//!         self.is_there = true;
//!     }
//! }
//!
//! #[derive(Command, Serialize, Deserialize)]
//! #[command(emits(ListEvent))]
//! pub struct AddTodo { #[stream(append)] list: ListId, title: String }
//! # impl CommandLogic for AddTodo {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &AddTodoState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, ListEvent::Added { list: self.list.clone(), title: self.title.clone() });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[process_manager(on = TodoEvent::Created, start = beginning)]
//! fn list_every_todo(title: &str) -> AddTodo {
//!     AddTodo { list: ListId("everything".into()), title: title.to_owned() }
//! }
//!
//! #[service(aggregates(Todo), commands(AddTodo), process_managers(list_every_todo))]
//! pub struct TodoApp;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = TodoApp::builder(MemoryStore::new()).start().await?;
//! app.execute(Create::new(TodoId("1".into()), "buy milk".into())).await?;
//!
//! let again = WireCommand::from_bytes("Create", r#"{ "title": "buy milk" }"#).for_target(StreamId::new("todo-1")?);
//! assert!(matches!(app.dispatch(again).await, CommandResult::Rejected(_)));
//!
//! app.shutdown(std::time::Duration::from_secs(10)).await?;
//! # Ok(())
//! # }
//! ```

mod builder;
pub(crate) mod check;
mod definition;
mod describe;
mod fact;
pub(crate) mod listed;
mod mermaid;
mod needs;
mod part;
mod route;
mod runtime;
mod schemas;
mod status;
mod stores;
mod table;

pub use builder::{RuntimeBuilder, StartError, Starting};
pub use definition::{Module, Service};
pub use describe::{
    CommandDescription, EventDescription, ExternDescription, ProcessManagerDescription,
    ProjectionDescription, QueryDescription, ServiceDescription,
};
pub use fact::{Fact, count_facts, sorted_facts};
pub use needs::{AskedFor, Complete, ListedIn, Missing, ProjectionOf, Projectors};
pub use part::{Content, Part};
pub use route::Route;
pub(crate) use route::write_route;
#[doc(hidden)]
pub use route::{aggregate_route, route};
pub use runtime::{FilterAcrossStores, Runtime, StillBusy};
pub use status::{Health, Phase, Status, StoreHealth};
pub use stores::{CommandAcrossStores, CommandsAcrossStores};
pub use table::Table;

pub use eventsourcing_macros::{module, service};
