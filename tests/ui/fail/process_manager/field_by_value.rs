// Parameters are references.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: OrderId) -> TakePayment {
    TakePayment { order }
}

fn main() {}
