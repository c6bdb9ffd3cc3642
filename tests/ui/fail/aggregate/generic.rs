// An aggregate is one type.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo<T>(T);

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl<T: Clone> Todo<T> {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created)]
    #[apply(TodoEvent::Completed)]
    #[apply(TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {}
