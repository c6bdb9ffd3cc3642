//! The store on a server: the address is in `DATABASE_URL`, as the script `test` of the repository sets it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers as well"
)]

mod bytes_for_people;
mod conformance;
mod crash;
mod feeds;
mod foreign_transactions;
mod history;
mod migrations;
mod pgbouncer;
mod rights;
mod schema;
mod settling;
