// The progress of a process manager is stored under its name.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[process_manager(on = TodoEvent::Created, start = now, name = "list_every_todo")]
fn list_new_todos(title: &str) -> AddTodo {
    AddTodo { list: ListId("new".into()), title: title.to_owned() }
}

#[service(modules(Todos), process_managers(list_every_todo, list_new_todos))]
struct App;

fn main() {}
