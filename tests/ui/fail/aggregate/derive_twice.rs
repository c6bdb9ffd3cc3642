// Commands derive what they derive once.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, derive(Hash, Clone))]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created, TodoEvent::Completed, TodoEvent::Paid)]
    fn changed(&mut self) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
