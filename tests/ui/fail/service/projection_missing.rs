// A service does not start without a projection that has no default, wherever that is listed, and takes no other.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;

struct Owners {
    url: String,
}

#[projection(name = "owners", version = 1, row = OwnerRow)]
impl Owners {
    #[on(AccountEvent::Opened)]
    fn opened(&self, rows: &mut Rows<OwnerRow>) {}
}

#[derive(Row)]
#[row(table = "owners")]
struct OwnerRow {
    #[key]
    owner: String,
}

#[service(commands(Open), projections(Owners))]
struct Bank;

#[module(projections(Owners))]
struct Census;

#[service(commands(Open), modules(Census))]
struct CensusBank;

async fn it_is_missing(store: MemoryStore) {
    let _ = Bank::builder(store).start().await;
}

async fn it_is_missing_in_a_module(store: MemoryStore) {
    let _ = CensusBank::builder(store).start().await;
}

async fn it_is_not_listed(store: MemoryStore) {
    let _ = Bank::builder(store).projection(Balances);
}

async fn it_is_provided_twice(store: MemoryStore, owners: Owners, others: Owners) {
    let _ = Bank::builder(store).projection(owners).projection(others);
}

async fn it_is_provided(store: MemoryStore, owners: Owners) {
    let _ = Bank::builder(store).projection(owners).start().await;
}

fn main() {}
