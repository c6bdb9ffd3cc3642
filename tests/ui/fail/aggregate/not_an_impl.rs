// It stands on an `impl` block.

use eventsourcing::prelude::*;

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
pub struct Todo;

fn main() {}
