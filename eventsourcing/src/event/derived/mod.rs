//! What derived events call.

mod as_variant;
mod distinct;
mod payload;
mod streams;

pub use as_variant::as_variant;
pub use distinct::assert_distinct_names;
pub use payload::{Payload, decode_older, decode_payload, encode_payload};
pub use streams::add_streams;

/// Stands for the place of a variant that is only known at run time.
pub const ANY_VARIANT: usize = usize::MAX;
