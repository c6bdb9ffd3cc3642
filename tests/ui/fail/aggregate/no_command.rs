// An aggregate has commands.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    #[apply(TodoEvent::Created)]
    #[apply(TodoEvent::Completed)]
    #[apply(TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {}
