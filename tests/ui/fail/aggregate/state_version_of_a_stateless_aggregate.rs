// What is not folded has no snapshots.
#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, stateless, state_version = 1)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
