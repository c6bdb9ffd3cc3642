//! Streams: what they are called, and the typed keys that name them.

mod category;
mod id;
mod key;

pub use category::{Category, InvalidCategory};
pub use id::{InvalidStreamId, StreamId};
pub use key::{InvalidStreamKey, StreamKey};
