// The aggregate's own fold is over its events.

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
}

impl State for Todo {
    type Key = TodoId;
    type Event = OtherEvent;

    fn apply(&mut self, _: &TodoId, _: &Recorded<OtherEvent>) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
