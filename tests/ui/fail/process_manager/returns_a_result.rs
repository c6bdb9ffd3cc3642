// What has happened cannot be refused.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId) -> Result<TakePayment, String> {
    Ok(TakePayment { order: order.clone() })
}

fn main() {}
