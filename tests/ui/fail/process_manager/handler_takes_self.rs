// The state goes on after the event.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(self, order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

fn main() {}
