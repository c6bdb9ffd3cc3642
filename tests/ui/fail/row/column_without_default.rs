// A new row has a value in every column.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: String,
    opened: Timestamp,
}

fn main() {}
