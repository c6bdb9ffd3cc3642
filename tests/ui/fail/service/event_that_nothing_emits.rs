// A process manager waits for something that can happen.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[module(process_managers(note_cleared))]
struct Cleaning;

// Nothing emits `ListEvent::Cleared`; two mistakes, at two names.
#[service(commands(AddTodo), process_managers(note_cleared))]
struct App;

#[service(modules(Todos, Cleaning))]
struct Joined;

fn main() {}
