// Without `error`, commands are refused with a `Rejection`.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created, TodoEvent::Completed, TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
