// The fields of a query have names.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct HowMany;

#[derive(Query)]
#[query(result = usize, of(Balances))]
struct AtLeast(i64);

#[derive(Query)]
#[query(result = usize, of(Balances))]
enum Either {}

fn main() {}
