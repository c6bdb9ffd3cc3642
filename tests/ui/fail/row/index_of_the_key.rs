// The key is an index already.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    #[index]
    account: String,
}

fn main() {}
