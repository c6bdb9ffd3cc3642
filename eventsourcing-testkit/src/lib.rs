//! For authors of event stores, and of whatever stands on one.
//!
//! * [`conformance!`] runs the [contract](eventsourcing_core::store) against a store: every case, whatever the store.
//! * [`model`] is a store so simple that it is obviously right, and random steps to compare others with it.
//! * [`fault`] wraps a store so that it fails now and then, by chance or on cue.
//! * [`history`] records what clients ask and are told, and proves from it that the store kept its promises.
//! * [`crash`] kills processes that write, and looks at what is left.
//! * [`fixture`] are short ways to write appends and reads in tests.

pub mod conformance;
pub mod crash;
pub mod fault;
pub mod fixture;
pub mod history;
pub mod model;
