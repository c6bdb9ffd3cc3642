// There is such a variant: the compiler says which there are.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placd, start = now)]
fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

fn main() {}
