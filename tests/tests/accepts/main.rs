//! What the macros must accept wherever it stands. Each file is as a crate of a user might be; together, they are compiled once.

pub mod aggregate;
pub mod command;
pub mod emit;
pub mod event;
pub mod process_manager;
pub mod projection;
pub mod query;
pub mod service;
pub mod state;
