// A parameter is called like the field.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(OrderId(number): &OrderId) -> TakePayment {
    TakePayment { order: OrderId(*number) }
}

fn main() {}
