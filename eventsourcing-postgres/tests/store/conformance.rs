//! The store keeps the whole contract.

use crate::schema::TestSchema;

eventsourcing_testkit::conformance!(TestSchema::new());
