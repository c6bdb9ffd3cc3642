//! The testkit, tested: the suite finds what is broken, the faulty store fails as it was told to.

mod broken_rows;
mod broken_store;
mod faults;
mod model;
mod row_faults;
mod suite_finds_bugs;

mod faultless {
    use std::sync::Arc;

    use eventsourcing_memory::MemoryStore;
    use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};

    eventsourcing_testkit::conformance!(FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE));
}
