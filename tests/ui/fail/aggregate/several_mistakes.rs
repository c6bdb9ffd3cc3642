// All mistakes are reported at once, and nothing else.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[derive(Clone, Default)]
pub struct Todo;

#[aggregate(ids = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    #[command]
    pub fn create(&mut self, title: &str, id: u8) {
        let _ = (title, id);
    }

    #[command(type = Create)]
    pub fn recreate(&self, title: String) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Created { title })
    }

    #[command]
    pub fn complete(&self) -> Result<TodoEvent, TodoError> {
        Ok(TodoEvent::Completed)
    }

    #[apply]
    fn paid(&self, cents: u64) {
        let _ = cents;
    }
}

fn uses(store: eventsourcing::memory::MemoryStore) -> impl Future {
    let id = TodoId("milk".into());
    let _ = Complete { id: id.clone() };
    async move { Executor::new(store).execute(Create::new(id, "title".into())).await }
}

fn main() {}
