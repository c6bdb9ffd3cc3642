// What is sent is stored and routed as JSON.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Command)]
#[command(emits(OrderEvent::Paid))]
struct Pay {
    #[stream]
    order: OrderId,
}

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId) -> Pay {
    Pay { order: order.clone() }
}

fn main() {}
