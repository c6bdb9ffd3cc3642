// What it waits for is an event.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = OrderId, start = now)]
fn ask() -> Option<TakePayment> {
    None
}

fn main() {}
