// All types are known.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask<C: CommandLogic>(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
