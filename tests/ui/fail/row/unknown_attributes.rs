// Attributes have the keys that they have.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(tabel = "balances")]
struct BalanceRow {
    #[key = "first"]
    account: String,
    #[column(jsn)]
    tags: Vec<String>,
    #[column(name = "Owner")]
    owner: String,
}

fn main() {}
