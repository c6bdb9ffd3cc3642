// Methods are handlers of the whole block.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

impl Fulfilment {
    #[process_manager(on = OrderEvent::Placed, start = now)]
    fn ask(&self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
