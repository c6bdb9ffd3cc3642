// The event that a method applies is that of the aggregate.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

mod other {
    pub struct TodoEvent;
}

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn happened(&mut self, event: &other::TodoEvent) {
        let _ = event;
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
