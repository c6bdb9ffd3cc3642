//! What holds for an SQLite store: the contract, and what lies beyond it.

mod damage;
mod feed;
mod file;
mod folder;
mod groups;
mod history;
mod kills;
mod opening;
mod restore;
mod room;
mod sharing;

use folder::Folder;

eventsourcing_testkit::conformance!(Folder::new());
