// Columns are told apart by their names.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: String,
    #[column(name = "account")]
    other: i64,
}

fn main() {}
