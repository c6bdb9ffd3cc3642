// Instances are for states.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now, key = OrderId)]
fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
