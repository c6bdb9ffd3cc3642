// A row stands for one table.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow<T> {
    #[key]
    account: T,
}

fn main() {}
