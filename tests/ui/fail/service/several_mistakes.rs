// All mistakes are reported at once, and no others follow from them.

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;

#[service(
    aggregates(),
    comands(Pay),
    process_managers = remind,
    modules(Billing, "Shipping"),
    extern_events(Paid, Shipped = ""),
    extern_commands(Ship = 3),
    resources(String),
    readers(Titles)
)]
struct App;

#[module(resources(String), aggregates(Todo, Todo))]
struct Billing;

#[service]
struct Empty;

#[service(modules(Billing Shipping))]
struct NoComma;

async fn run() {
    let _ = App::describe();
    let _ = App::builder(MemoryStore::new()).provide(String::new()).start().await;
    let _ = Empty::builder(MemoryStore::new()).start().await;
}

fn main() {}
