// The aggregate's own fold is over its streams.

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
    type Key = StreamId;
    type Event = TodoEvent;

    fn apply(&mut self, _: &StreamId, _: &Recorded<TodoEvent>) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
