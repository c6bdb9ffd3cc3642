// What a query reads is a projection.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

struct Accounts;

#[derive(Query)]
#[query(result = usize, of(Accounts))]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, _: &Reading<Self>) -> Result<usize, NoAnswer> {
        Ok(0)
    }
}

fn main() {}
