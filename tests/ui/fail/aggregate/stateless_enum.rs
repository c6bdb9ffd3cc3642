// A stateless aggregate is a unit struct.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

pub enum Todo {
    Open,
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
