// Queries and their results are written and read.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, _: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(0)
    }
}

#[derive(Query, Serialize, Deserialize)]
#[query(result = Vec<BalanceRow>, of(Balances))]
struct All {}

impl QueryLogic for All {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<BalanceRow>, NoAnswer> {
        Ok(read.rows().all().await?)
    }
}

#[service(commands(Open), projections(Balances), queries(HowMany, All))]
struct Bank;

fn main() {}
