// What is not listed cannot be sent.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now, sends(TakePayment))]
fn ask(order: &OrderId, cx: &mut Sends<ask>) {
    cx.send(Cancel { order: order.clone() });
}

fn main() {}
