// What is listed in the wrong place is one mistake each, at its name.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

struct Nothing;

fn remind() {}

#[service(
    aggregates(AddTodo, Todo, Nothing),
    commands(lists::Todo, AddTodo, Create),
    process_managers(Todo, list_every_todo),
    modules(Nothing, Other),
    extern_events(Todo = "elsewhere"),
    extern_commands(TodoEvent = "elsewhere")
)]
struct App;

#[service(process_managers(remind))]
struct Reminding;

#[service(modules(Reminding))]
struct Outer;

#[module(modules(Todos))]
struct Fine;

fn main() {}
