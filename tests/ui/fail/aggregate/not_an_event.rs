// The event is an event.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = NoEvent, error = TodoError)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<(), TodoError> {
        Ok(())
    }

    #[apply]
    fn happened(&mut self) {}
}

#[derive(Clone, Debug, PartialEq)]
pub enum NoEvent {
    Happened,
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
