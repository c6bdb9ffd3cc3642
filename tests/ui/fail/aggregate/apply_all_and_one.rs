// One method applies every event, or one each variant.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent)]
impl Todo {
    #[command]
    pub fn complete(&self) -> Result<TodoEvent, Rejection> {
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn created(&mut self, event: &TodoEvent) {
        let _ = event;
    }

    #[apply]
    fn completed(&mut self) {}
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
