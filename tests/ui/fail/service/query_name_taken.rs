// Queries have different names.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query, Serialize, Deserialize)]
#[query(result = usize, of(Balances))]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, _: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(0)
    }
}

#[derive(Query, Serialize, Deserialize)]
#[query(result = usize, of(Balances), name = "HowMany")]
struct HowManyElse {}

impl QueryLogic for HowManyElse {
    async fn answer(&self, _: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(0)
    }
}

#[service(commands(Open), projections(Balances), queries(HowMany, HowManyElse))]
struct Bank;

fn main() {}
