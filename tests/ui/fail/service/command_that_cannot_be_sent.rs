// A command that is listed is serialized and decided.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[derive(Command)]
#[command(emits(ListEvent::Added))]
struct Unwritten {
    #[stream]
    list: ListId,
}

impl CommandLogic for Unwritten {
    type Error = No;

    fn handle(&self, _: &UnwrittenState, _: &mut Decide<Self>) -> Result<(), No> {
        Ok(())
    }
}

#[derive(Command, Serialize, Deserialize)]
#[command(emits(ListEvent::Added))]
struct Undecided {
    #[stream]
    list: ListId,
}

#[service(commands(Unwritten, Undecided))]
struct App;

fn main() {}
