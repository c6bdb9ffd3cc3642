// It is a function or an `impl` block.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
pub struct Fulfilment;

fn main() {}
