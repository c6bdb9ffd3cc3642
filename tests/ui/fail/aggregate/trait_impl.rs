// The methods are its own.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Decides for Todo {
    #[command]
    fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }
}

pub trait Decides {
    fn complete(&self) -> Result<TodoEvent, TodoError>;
}

fn main() {}
