// The key is a field, or in the name of the stream.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = event.version())]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
