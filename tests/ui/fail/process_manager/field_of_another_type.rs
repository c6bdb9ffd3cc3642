// A parameter is a reference to what the field holds.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId, total: &str) -> Option<TakePayment> {
    (!total.is_empty()).then(|| TakePayment { order: order.clone() })
}

fn main() {}
