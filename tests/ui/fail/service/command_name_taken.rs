// Two commands cannot have one route.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

mod notes {
    use super::*;

    #[derive(Command, Serialize, Deserialize)]
    #[command(emits(ListEvent::Added))]
    pub struct AddTodo {
        #[stream]
        list: ListId,
    }

    impl CommandLogic for AddTodo {
        type Error = No;

        fn handle(&self, _: &AddTodoState, _: &mut Decide<Self>) -> Result<(), No> {
            Ok(())
        }
    }
}

#[service(commands(AddTodo, notes::AddTodo))]
struct App;

fn main() {}
