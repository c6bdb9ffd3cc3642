// There is one fold.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
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

impl State for Todo {
    type Key = TodoId;
    type Event = TodoEvent;

    fn apply(&mut self, _: &TodoId, _: &Recorded<TodoEvent>) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
