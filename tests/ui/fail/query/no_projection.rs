// A query names the projections that it reads.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query)]
#[query(result = usize)]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, _: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(0)
    }
}

fn main() {}
