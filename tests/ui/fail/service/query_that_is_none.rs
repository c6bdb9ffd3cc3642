// What is listed as a query is one, and has an answer.
#![allow(unused_imports)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

#[derive(Serialize, Deserialize)]
struct HowMany {}

#[derive(Query, Serialize, Deserialize)]
#[query(result = usize, of(Balances))]
struct WithoutAnswer {}

#[service(commands(Open), projections(Balances), queries(HowMany, WithoutAnswer))]
struct Bank;

fn main() {}
