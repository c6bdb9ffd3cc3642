// A column holds what stores can hold.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: String,
    tags: Vec<String>,
    owner: Owner,
    nested: Option<Option<i64>>,
}

#[derive(Default)]
struct Owner;

fn main() {}
