// A query has no generic parameters.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct HowMany<T> {
    of: T,
}

fn main() {}
