// Stores keep some names for themselves.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "events")]
struct EventRow {
    #[key]
    account: String,
}

#[derive(Row)]
#[row(table = "balances_v2")]
struct BalanceRow {
    #[key]
    account: String,
}

fn main() {}
