// A mistake in a module is reported there, and nowhere else.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[module(aggregates(Todo), commands(AddTodo), process_manager(note_cleared))]
struct Broken;

#[service(modules(Broken), process_managers(list_every_todo, note_cleared))]
struct App;

fn main() {}
