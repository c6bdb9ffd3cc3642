// The version of a state is said where it is folded.
#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Todo {
    events: u64,
}

#[aggregate(id = TodoId, event = TodoEvent, state_version = 1)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }
}

impl State for Todo {
    type Key = TodoId;
    type Event = TodoEvent;

    fn apply(&mut self, _: &TodoId, _: &Recorded<TodoEvent>) {
        self.events += 1;
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
