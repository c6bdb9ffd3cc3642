// All mistakes are reported at once, and nothing else: what is sent, and where it is named, are not to blame.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, begin = now, name = "?")]
async fn ask(order: OrderId, cx: &mut Sends<ask>) {
    cx.send(TakePayment { order });
}

fn test() {
    let _ = eventsourcing::testing::scenario().process::<ask>();
}

fn main() {}
