// A process manager waits for something that can happen.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[module(process_managers(note_cleared))]
struct Cleaning;

// Nothing emits `ListEvent::Cleared`; two mistakes, at two names.
#[service(commands(AddTodo), process_managers(note_cleared))]
struct App;

#[service(modules(Todos, Cleaning))]
struct Joined;

fn main() {}
