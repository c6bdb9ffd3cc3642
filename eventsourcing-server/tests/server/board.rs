//! The same service, with a list of its todos that can be asked for.

use std::time::Duration;

use axum::Router;
use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::query::QueryPolicy;
use eventsourcing::service::Runtime;
use eventsourcing_server::Server;
use schemars::JsonSchema;

use crate::app::{Link, Todo, TodoEvent, TodoId};

#[derive(Row, Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[row(table = "todos")]
pub(crate) struct TodoRow {
    #[key]
    todo: TodoId,
    title: String,
    #[index]
    done: bool,
}

#[derive(Default)]
pub(crate) struct Todos;

#[projection(name = "todos", version = 1, row = TodoRow)]
impl Todos {
    #[on(TodoEvent::Created)]
    fn created(
        &self,
        event: &Recorded<TodoEvent>,
        title: &str,
        rows: &mut Rows<TodoRow>,
    ) -> Result<(), eventsourcing::InvalidStreamKey> {
        let row = rows.entry(&TodoId::from_stream_id(event.stream())?);
        title.clone_into(&mut row.title);
        Ok(())
    }

    #[on(TodoEvent::Completed)]
    fn completed(
        &self,
        event: &Recorded<TodoEvent>,
        rows: &mut Rows<TodoRow>,
    ) -> Result<(), eventsourcing::InvalidStreamKey> {
        rows.entry(&TodoId::from_stream_id(event.stream())?).done = true;
        Ok(())
    }
}

/// What there is to do, or was.
#[derive(Query, Serialize, Deserialize, JsonSchema)]
#[query(result = Vec<TodoRow>, of(Todos))]
pub(crate) struct ListTodos {
    #[serde(default)]
    done: bool,
    #[serde(default)]
    #[schemars(skip)]
    panic: bool,
}

impl QueryLogic for ListTodos {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<TodoRow>, NoAnswer> {
        assert!(!self.panic, "a secret of the program");
        let todos = read.rows::<TodoRow>().filter(TodoRow::DONE.is(self.done));
        Ok(todos.all().await?)
    }
}

/// A single one.
#[derive(Query, Serialize, Deserialize, JsonSchema)]
#[query(result = TodoRow, of(Todos))]
pub(crate) struct TodoOf {
    todo: TodoId,
}

impl QueryLogic for TodoOf {
    async fn answer(&self, read: &Reading<Self>) -> Result<TodoRow, NoAnswer> {
        let todo = read.rows::<TodoRow>().get(&self.todo).await?;
        todo.ok_or_else(|| NoAnswer::refused("there is no such todo"))
    }
}

#[service(
    aggregates(Todo),
    commands(Link),
    projections(Todos),
    queries(ListTodos, TodoOf)
)]
pub(crate) struct TodoApp;

/// The service on a store of its own, for the default tenant and another one.
pub(crate) async fn board() -> Runtime {
    let policy = QueryPolicy::default()
        .with_pause(Duration::ZERO)
        .with_result_bytes(2_000)
        .with_followed(3);
    TodoApp::builder(MemoryStore::new())
        .tenants([TenantId::DEFAULT, TenantId::new("acme").unwrap()])
        .query_policy(policy)
        .start()
        .await
        .unwrap()
}

/// All routes of a service of its own.
pub(crate) async fn router() -> Router {
    Server::new(board().await).router()
}
