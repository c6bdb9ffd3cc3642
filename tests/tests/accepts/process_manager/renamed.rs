// The facade may be known under another path.
mod inner {
    pub use eventsourcing as es;
}

#[path = "../../../ui/shop.rs"]
mod shop;

use inner::es::process::{Sends, process_manager};
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now, crate = crate::process_manager::renamed::inner::es)]
fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

#[derive(Default)]
struct Fulfilment;

#[process_manager(
    key = OrderId, category = "fulfilment", start = now, sends(TakePayment), crate = crate::process_manager::renamed::inner::es
)]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
        cx.send(TakePayment { order: order.clone() });
    }
}
