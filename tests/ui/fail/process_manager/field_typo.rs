// A parameter is called like a field of the event: the compiler says that there is none.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderEvent::Placed, start = now)]
fn ask(oder: &OrderId) -> TakePayment {
    TakePayment { order: oder.clone() }
}

fn main() {}
