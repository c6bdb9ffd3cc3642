//! The store on a server: the address is in `DATABASE_URL`, as the script `test` of the repository sets it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers as well"
)]

mod batches;
mod bytes_for_people;
mod conformance;
mod crash;
mod disk;
mod dropped;
mod durability;
mod feeds;
mod foreign_transactions;
mod history;
mod leases;
mod lost_answers;
mod migrations;
mod moved;
mod pgbouncer;
mod plans;
mod progress;
mod proxy;
mod rare;
mod reads;
mod rights;
mod rows;
mod schema;
mod settling;
#[cfg(feature = "sqlx")]
mod sql;
