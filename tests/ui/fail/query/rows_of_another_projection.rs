// A query reads the rows of projections that it names.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Row, Clone)]
#[row(table = "owners")]
struct OwnerRow {
    #[key]
    owner: String,
}

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, read: &Reading<Self>) -> Result<usize, NoAnswer> {
        let balances = read.rows::<BalanceRow>().all().await?;
        let owners = read.rows::<OwnerRow>().all().await?;
        Ok(balances.len() + owners.len())
    }
}

fn main() {}
