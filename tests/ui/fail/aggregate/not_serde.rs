// A parameter is a serde type.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    #[command]
    pub fn pay(&self, with: Purse) -> Result<TodoEvent, TodoError> {
        let _ = with;
        Ok(TodoEvent::Completed)
    }

    #[command]
    pub fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }

    #[apply(TodoEvent::Created)]
    #[apply(TodoEvent::Completed)]
    #[apply(TodoEvent::Paid)]
    fn changed(&mut self) {}
}

#[derive(Clone, Debug, PartialEq)]
pub struct Purse;

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
