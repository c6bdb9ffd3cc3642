//! The reference store keeps the whole contract.

use eventsourcing_memory::MemoryStore;

eventsourcing_testkit::conformance!(MemoryStore::new());
