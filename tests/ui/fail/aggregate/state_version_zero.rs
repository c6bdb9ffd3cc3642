// The first version of a state is 1.
#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Todo {
    events: u64,
}

#[aggregate(id = TodoId, event = TodoEvent, state_version = 0)]
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
