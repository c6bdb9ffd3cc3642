// Handlers are methods of the state itself.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

trait Placed {
    fn placed(&mut self, order: &OrderId) -> TakePayment;
}

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
impl Placed for Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
