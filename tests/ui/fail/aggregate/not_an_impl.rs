// It stands on an `impl` block.

#[path = "../../todo.rs"]
mod todo;

use eventsourcing::prelude::*;
use todo::*;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
pub struct Todo;

fn main() {}
