//! Things to do: two aggregates, a process manager between them, and a server with a page.

mod list;

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
        Ok(TodoEvent::Added { title })
    }

    #[command]
    fn complete(&self) -> Option<TodoEvent> {
        matches!(self.0, Some(TodoEvent::Added { .. })).then_some(TodoEvent::Completed)
    }

    #[command]
    fn remove(&self) -> Option<TodoEvent> {
        (!matches!(self.0, None | Some(TodoEvent::Removed))).then_some(TodoEvent::Removed)
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
        TodoEvent::Listed { todo }
    }
}

#[process_manager(on = TodoEvent::Added, start = beginning)]
fn list_todos(event: &Recorded<TodoEvent>) -> Enlist {
    Enlist::new("all".into(), event.stream().clone())
}

#[service(aggregates(Todo), process_managers(list_todos), modules(list::List))]
struct TodoApp;

fn main() -> Result<(), eventsourcing_server::RunError> {
    eventsourcing_server::Server::run::<TodoApp>(|server| server.static_files("page"))
}
