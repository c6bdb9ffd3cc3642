// Every row has its key.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: Option<String>,
}

fn main() {}
