// It is pure.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
async fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
