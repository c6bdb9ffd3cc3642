//! What holds for an SQLite store: the contract, and what lies beyond it.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod closing;
mod damage;
mod feed;
mod file;
mod folder;
mod groups;
mod history;
mod kills;
mod long;
mod one_reader;
mod opening;
mod panics;
mod restore;
mod room;
mod rows;
mod settling;
mod sharing;
#[cfg(feature = "sqlx")]
mod sql;

use folder::Folder;

eventsourcing_testkit::conformance!(Folder::new());
