//! The store on a server: the address is in `DATABASE_URL`, as the script `test` of the repository sets it.

mod bytes_for_people;
mod conformance;
mod crash;
mod foreign_transactions;
mod history;
mod migrations;
mod pgbouncer;
mod rights;
mod schema;
mod settling;
mod zz_probe;
