// What an id wraps displays and parses.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TaskId(Vec<u8>), category = "task", event = TodoEvent)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created, TodoEvent::Completed, TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {
    let _ = Complete::new(TaskId::from(vec![1]));
}
