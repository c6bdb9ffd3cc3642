// JSON cannot be compared.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    #[column(json)]
    account: Vec<String>,
    #[index]
    #[column(json)]
    tags: Vec<String>,
}

fn main() {}
