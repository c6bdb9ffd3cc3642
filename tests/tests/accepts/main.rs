//! What the macros must accept wherever it stands. Each file is as a crate of a user might be; together, they are compiled once.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    single_use_lifetimes,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    reason = "the lints of users are those that each file asks for"
)]

pub mod aggregate;
pub mod command;
pub mod emit;
pub mod event;
pub mod process_manager;
pub mod projection;
pub mod query;
pub mod service;
pub mod state;
