// A column of JSON is written and read by serde.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: String,
    #[column(json)]
    owner: Owner,
}

#[derive(Default)]
struct Owner;

fn main() {}
