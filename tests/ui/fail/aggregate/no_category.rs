// The id has a category.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = StreamId, event = TodoEvent, error = TodoError)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created)]
    #[apply(TodoEvent::Completed)]
    #[apply(TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {
    let _ = StreamId::new("todo-1").map(Complete::new);
}
