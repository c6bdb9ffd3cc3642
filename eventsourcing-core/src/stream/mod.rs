//! Streams: what they are called, and the typed keys that name them.

mod category;
mod field;
mod id;
mod key;

pub use category::{Category, InvalidCategory};
pub use field::StreamField;
pub use id::{InvalidStreamId, StreamId};
pub use key::{InvalidStreamKey, StreamKey};
