// A row has a field for each column.

use eventsourcing::prelude::*;

#[derive(Row)]
#[row(table = "balances")]
struct BalanceRow(String);

#[derive(Row)]
#[row(table = "others")]
enum Other {
    One,
}

fn main() {}
