// A state that has snapshots can be written and read.
#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo {
    events: u64,
}

#[aggregate(id = TodoId, event = TodoEvent, state_version = 1)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn apply(&mut self, _event: &TodoEvent) {
        self.events += 1;
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
