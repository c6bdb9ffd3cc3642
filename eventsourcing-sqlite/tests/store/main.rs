//! What holds for an SQLite store.

mod folder;

use folder::Folder;

eventsourcing_testkit::conformance!(Folder::new());
