// A service does not start without its resources.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use lists::*;

struct PriceList;

struct Client;

#[service(modules(Todos), resources(PriceList, Client))]
struct App;

async fn one_is_missing() {
    let _ = App::builder(MemoryStore::new()).provide(Client).start().await;
}

async fn both_are_missing() {
    let _ = App::builder(MemoryStore::new()).start().await;
}

async fn not_asked_for() {
    let _ = App::builder(MemoryStore::new()).provide(PriceList).provide(3_u32);
}

async fn provided_twice() {
    let _ = App::builder(MemoryStore::new()).provide(Client).provide(PriceList).provide(Client);
}

fn main() {}
