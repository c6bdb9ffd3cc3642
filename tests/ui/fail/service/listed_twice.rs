// Nothing is listed twice, whatever it is called.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

use lists::Todo as Task;
type Add = AddTodo;
use lists::list_every_todo as list_again;

#[service(aggregates(Todo, Todo), commands(AddTodo))]
struct Written;

#[service(
    aggregates(Todo, Task),
    commands(AddTodo, Add),
    process_managers(list_every_todo, list_again)
)]
struct Renamed;

#[service(aggregates(Todo), modules(Todos))]
struct InAModule;

#[module(modules(Todos), commands(AddTodo))]
struct More;

#[service(modules(Todos, self::lists::Todos))]
struct ModuleTwice;

fn main() {}
