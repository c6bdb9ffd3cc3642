// The projections that a query reads are listed.
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

#[module(queries(HowMany))]
struct Ask;

#[service(commands(Open), queries(HowMany))]
struct Bank;

#[service(commands(Open), modules(Ask))]
struct OtherBank;

fn main() {}
