// The name of a table is one in every database.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "Balances; drop table events")]
struct BalanceRow {
    #[key]
    account: String,
}

fn main() {}
