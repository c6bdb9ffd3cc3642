// Every variant has the field.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = [OrderEvent::Placed, OrderEvent::Paid], start = now)]
fn ask(order: &OrderId, total: &u64) -> Option<TakePayment> {
    (*total > 0).then(|| TakePayment { order: order.clone() })
}

fn main() {}
