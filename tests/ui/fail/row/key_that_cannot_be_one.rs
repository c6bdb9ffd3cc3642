// The key of a row is compared for equality.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    balance: f64,
}

fn main() {}
