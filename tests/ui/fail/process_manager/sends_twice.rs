// A command is listed once.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now, sends(TakePayment, TakePayment))]
fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
