// What is not listed cannot be returned.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now, sends(Cancel))]
fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
