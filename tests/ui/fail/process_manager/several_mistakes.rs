// All mistakes are reported at once, and nothing else: what is sent is not to blame.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[derive(Default)]
struct Fulfilment;

#[process_manager(key = OrderId, categry = "fulfilment", start = later)]
impl Fulfilment {
    #[start(OrderEvent::Placed)]
    fn placed(&mut self, order: OrderId) -> TakePayment {
        TakePayment { order }
    }

    #[on(OrderEvent::Paid, key = order, key = order)]
    fn paid(self, order: &OrderId, cx: &mut Sends<Self>) {
        cx.send(Cancel { order: order.clone() });
    }
}

fn main() {}
