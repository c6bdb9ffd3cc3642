// A column is compared with values of its type.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow {
    #[key]
    account: String,
    balance: i64,
    #[column(json)]
    tags: Vec<String>,
}

fn test(rows: &mut Rows<BalanceRow>) {
    let _ = BalanceRow::BALANCE.at_least("a lot");
    rows.entry(&7).balance += 1;
}

fn main() {}
