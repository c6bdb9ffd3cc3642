// A stateless aggregate is no state of other commands.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

pub struct Todo;

#[derive(Command)]
pub struct Other {
    #[stream(state = Todo)]
    todo: TodoId,
}

#[aggregate(id = TodoId, event = TodoEvent, stateless)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
