//! The contract holds with the smallest pool: whoever is dropped on the way gives the only connection back.

use crate::folder::Folder;

eventsourcing_testkit::conformance!(Folder::with_one_reader());
