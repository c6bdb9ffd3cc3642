//! The store on a server: the address is in `DATABASE_URL`, as the script `test` of the repository sets it.

mod conformance;
mod schema;
