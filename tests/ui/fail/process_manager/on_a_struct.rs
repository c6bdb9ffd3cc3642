// It is a function or an `impl` block.

use eventsourcing::prelude::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
pub struct Fulfilment;

fn main() {}
