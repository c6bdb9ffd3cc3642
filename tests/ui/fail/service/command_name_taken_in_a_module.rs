// What modules list joins: the later module is blamed.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[derive(Command, Serialize, Deserialize)]
#[command(name = "AddTodo", emits(ListEvent::Added))]
pub struct AddNote {
    #[stream]
    list: ListId,
}

impl CommandLogic for AddNote {
    type Error = No;

    fn handle(&self, _: &AddNoteState, _: &mut Decide<Self>) -> Result<(), No> {
        Ok(())
    }
}

#[module(commands(AddNote))]
struct Notes;

#[service(modules(Todos, Notes))]
struct App;

fn main() {}
