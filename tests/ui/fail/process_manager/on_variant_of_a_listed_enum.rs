// An enum stands for all its variants.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = [OrderEvent, OrderEvent::Paid], start = now)]
fn ask() -> Option<TakePayment> {
    None
}

fn main() {}
