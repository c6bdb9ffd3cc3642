//! The list: its stream, and how it is asked for.

use eventsourcing::prelude::*;
use eventsourcing::{InvalidStreamKey, Position};

use crate::{TodoEvent, TodoId, TodoList};

/// A todo that was added, and not removed.
#[derive(Row, Clone, Serialize)]
#[row(table = "todos")]
pub(crate) struct TodoRow {
    #[key]
    todo: TodoId,
    title: String,
    #[index]
    done: bool,
    #[index]
    #[serde(skip)]
    added: Position,
}

#[derive(Default)]
pub(crate) struct Todos;

#[projection(name = "todos", version = 1, row = TodoRow)]
impl Todos {
    #[on([TodoEvent::Added, TodoEvent::Completed, TodoEvent::Removed])]
    fn happened(
        &self,
        event: &Recorded<TodoEvent>,
        rows: &mut Rows<TodoRow>,
    ) -> Result<(), InvalidStreamKey> {
        let todo = TodoId::from_stream_id(event.stream())?;
        match event.payload() {
            TodoEvent::Added { title } => {
                let row = rows.entry(&todo);
                title.clone_into(&mut row.title);
                row.added = event.position();
            }
            TodoEvent::Completed => rows.entry(&todo).done = true,
            _ => rows.remove(&todo),
        }
        Ok(())
    }
}

/// What there is to do, and what is done: both, or one of them, in the order in which it was added.
#[derive(Query, Serialize, Deserialize)]
#[query(result = Vec<TodoRow>, of(Todos))]
pub(crate) struct ListTodos {
    done: Option<bool>,
}

impl QueryLogic for ListTodos {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<TodoRow>, NoAnswer> {
        let todos = read.rows::<TodoRow>().order_by(TodoRow::ADDED.ascending());
        let todos = match self.done {
            Some(done) => todos.filter(TodoRow::DONE.is(done)),
            None => todos,
        };
        Ok(todos.all().await?)
    }
}

#[module(aggregates(TodoList), projections(Todos), queries(ListTodos))]
pub(crate) struct List;
