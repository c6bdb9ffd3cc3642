// A row names its table.

use eventsourcing::prelude::*;

#[derive(Row)]
struct BalanceRow {
    #[key]
    account: String,
}

fn main() {}
