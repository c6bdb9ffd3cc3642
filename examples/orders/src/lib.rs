//! A small shop on `eventsourcing`. See the README beside it.

pub mod cli;
pub mod domain;
pub mod run;
pub mod timeline;
