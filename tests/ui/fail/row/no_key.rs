// A row has a key.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    account: String,
    balance: i64,
}

fn main() {}
