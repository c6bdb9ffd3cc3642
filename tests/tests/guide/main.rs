//! The code of `docs/guide`, compiled and run. Every Rust block of a chapter stands word for word in the file of its name.
#![expect(unreachable_pub, reason = "the chapters show items as a library has them")]
#![expect(clippy::print_stdout, reason = "the chapters print")]

mod aggregates;
mod commands;
mod events;
mod executing;
mod process_managers;
mod processors;
mod projections;
mod queries;
mod quotes;
mod server;
mod services;
mod stores;
mod testing;
