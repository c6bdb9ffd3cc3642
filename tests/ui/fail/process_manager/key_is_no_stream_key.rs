// The key of instances names streams.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

#[process_manager(key = u32, category = "fulfilment", start = now, sends(TakePayment))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = event.stream())]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
