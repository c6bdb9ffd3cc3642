// What is not listed cannot be sent.

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

    #[stop(OrderEvent::Paid, key = order)]
    fn paid(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
        cx.send(Cancel { order: order.clone() });
    }
}

fn main() {}
