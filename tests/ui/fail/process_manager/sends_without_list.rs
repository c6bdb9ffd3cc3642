// What goes through `Sends` is listed.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(order: &OrderId, cx: &mut Sends<ask>) {
    cx.send(TakePayment { order: order.clone() });
}

fn main() {}
