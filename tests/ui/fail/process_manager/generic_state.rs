// A process manager is one.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment<T>(T);

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
impl<T> Fulfilment<T> {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
