// An event is taken once, under whatever name.

#[path = "../../shop.rs"]
mod shop;

use eventsourcing::prelude::*;
use shop::*;

#[process_manager(on = [OrderEvent::Noted, Noted], start = now)]
fn ask() -> Option<TakePayment> {
    None
}

fn main() {}
