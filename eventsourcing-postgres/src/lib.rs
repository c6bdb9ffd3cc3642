//! The production event store.
