// A stateless aggregate has nothing in it.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

pub struct Todo {
    done: bool,
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
