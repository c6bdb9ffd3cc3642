// The answer is of the type that the query says.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, read: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(read.rows::<BalanceRow>().all().await?)
    }
}

fn main() {}
