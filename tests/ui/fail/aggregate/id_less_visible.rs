// An id can be seen as far as its aggregate.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TaskId(String), category = "task", event = TodoEvent)]
impl Todo {
    #[command]
    fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created, TodoEvent::Completed, TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {
    let _ = Complete::new(TaskId::from("milk"));
}
