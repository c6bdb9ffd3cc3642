// An instance starts from nothing.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

struct Fulfilment;

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
