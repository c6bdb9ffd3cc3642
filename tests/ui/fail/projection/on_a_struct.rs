// A projection is an `impl` block.
#![allow(unused_variables)]

use eventsourcing::prelude::*;

#[projection(name = "owners", version = 1, row = BalanceRow)]
#[derive(Default)]
pub struct Owners;

fn main() {
    let _ = Owners;
}
