// Only what is sent can be rejected.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }

    #[on_rejected(Cancel)]
    fn not_cancelled(&mut self) {}
}

fn main() {}
