// What a process manager sends is handled.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[service(aggregates(Todo), process_managers(list_every_todo))]
struct WithoutCommand;

#[service(commands(AddTodo), process_managers(create_listed))]
struct WithoutAggregate;

fn main() {}
