// The recorded event is of one type.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = [OrderEvent::Placed, Noted], start = now)]
fn ask(event: &Recorded<OrderEvent>, order: &OrderId) -> Option<TakePayment> {
    event.metadata().is_ok().then(|| TakePayment { order: order.clone() })
}

fn main() {}
