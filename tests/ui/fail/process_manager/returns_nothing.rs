// It sends something.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId) {
    let _ = order;
}

fn main() {}
