//! Streams: what they are called, and the typed keys that name them.

pub use eventsourcing_core::{Category, InvalidCategory, InvalidStreamId, InvalidStreamKey, StreamId};

/// The typed name of a stream: the trait, and the derive that implements it.
pub use eventsourcing_core::StreamKey;
pub use eventsourcing_macros::StreamKey;
