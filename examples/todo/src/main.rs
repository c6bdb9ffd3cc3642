//! Things to do: two aggregates, a process manager between them, and a server with a page.

use TodoEvent::{Added, Completed, Listed, Removed};
use eventsourcing::prelude::*;

/// What happens to todos, and to the list of them.
#[derive(Event, Clone)]
#[event(prefix = "todo")]
enum TodoEvent {
    Added { title: String },
    Completed,
    Removed,
    Listed { todo: StreamId },
}

/// Something to do. All that matters is what has happened to it last.
#[derive(Clone, Default)]
struct Todo(Option<TodoEvent>);

#[aggregate(id = TodoId(String), category = "todo", event = TodoEvent)]
impl Todo {
    #[command]
    fn add(&self, title: String) -> Result<TodoEvent, Rejection> {
        require!(self.0.is_none(), "there is such a todo already");
        require!(!title.trim().is_empty(), "a todo needs a title");
        Ok(Added { title })
    }

    #[command]
    fn complete(&self) -> Option<TodoEvent> {
        matches!(self.0, Some(Added { .. })).then_some(Completed)
    }

    #[command]
    fn remove(&self) -> Option<TodoEvent> {
        matches!(self.0, Some(Added { .. } | Completed)).then_some(Removed)
    }

    #[apply]
    fn happened(&mut self, event: &TodoEvent) {
        self.0 = Some(event.clone());
    }
}

/// All that there is to do, in the order in which it was added.
struct TodoList;

#[aggregate(id = ListId(String), category = "list", event = TodoEvent, stateless)]
impl TodoList {
    #[command]
    fn enlist(&self, todo: StreamId) -> TodoEvent {
        Listed { todo }
    }
}

#[process_manager(on = TodoEvent::Added, start = beginning)]
fn list_every_todo(event: &Recorded<TodoEvent>) -> Enlist {
    Enlist::new("all".into(), event.stream().clone())
}

#[service(aggregates(Todo, TodoList), process_managers(list_every_todo))]
struct TodoApp;

fn main() -> Result<(), eventsourcing_server::RunError> {
    eventsourcing_server::Server::run::<TodoApp>(|server| server.static_files("page"))
}
