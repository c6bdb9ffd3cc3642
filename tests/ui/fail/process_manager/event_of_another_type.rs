// The recorded event is of the type that it waits for.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = Noted, start = now)]
fn ask(event: &Recorded<OrderEvent>, order: &OrderId) -> Option<TakePayment> {
    event.metadata().is_ok().then(|| TakePayment { order: order.clone() })
}

fn main() {}
