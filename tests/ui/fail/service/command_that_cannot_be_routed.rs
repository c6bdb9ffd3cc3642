// What a process manager sends is handled.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[service(aggregates(Todo), process_managers(list_every_todo))]
struct WithoutCommand;

#[service(commands(AddTodo), process_managers(create_listed))]
struct WithoutAggregate;

fn main() {}
