// What is returned is a command.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId) -> Option<String> {
    Some(order.0.to_string())
}

fn main() {}
