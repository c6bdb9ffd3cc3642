// The parameters are fields.

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

    #[apply]
    fn created(&mut self, titel: &str) {
        let _ = titel;
    }

    #[apply]
    fn completed(&mut self) {}

    #[apply(TodoEvent::Paid(payment))]
    fn paid(&mut self, payment: &MoneyPaid) {
        let _ = payment;
    }
}

fn main() {
    let _ = Complete::new(TodoId(String::new()));
}
