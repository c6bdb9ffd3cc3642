// A stored event name has one definition.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

mod notes {
    use super::*;

    #[derive(Event)]
    #[event(prefix = "note")]
    pub enum NoteEvent {
        #[event(name = "list.Renamed", alias = "list.Added")]
        Renamed { #[stream] list: ListId },
    }

    #[derive(Command, Serialize, Deserialize)]
    #[command(emits(NoteEvent))]
    pub struct Rename {
        #[stream]
        list: ListId,
    }

    impl CommandLogic for Rename {
        type Error = No;

        fn handle(&self, _: &RenameState, _: &mut Decide<Self>) -> Result<(), No> {
            Ok(())
        }
    }
}

#[service(commands(AddTodo, notes::Rename))]
struct App;

fn main() {}
