// It says which command it sends.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId) -> impl CommandLogic {
    TakePayment { order: order.clone() }
}

fn main() {}
