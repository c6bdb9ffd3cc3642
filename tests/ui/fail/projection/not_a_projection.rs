// Only projections are listed as such, and waited for.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

struct Owners;

#[service(commands(Open), projections(Owners))]
struct Bank;

async fn test(bank: eventsourcing::service::Runtime, position: eventsourcing::Position) {
    let _ = bank.wait_for::<Owners>(position).await;
    let _ = bank.rows::<Owners>().all().await;
}

fn main() {}
