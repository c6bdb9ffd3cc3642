// Only process managers are listed as such.

#[path = "../../shop.rs"]
mod shop;

use shop::*;

fn ask(order: &OrderId) -> TakePayment {
    TakePayment { order: order.clone() }
}

struct Ask;

fn test() {
    let _ = eventsourcing::testing::scenario().process::<Ask>();
    let _ = ask(&OrderId(1));
}

fn main() {}
