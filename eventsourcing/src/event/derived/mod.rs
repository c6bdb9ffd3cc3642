//! What derived events call.

mod as_variant;
mod distinct;
mod payload;
mod streams;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use as_variant::as_variant;
pub use distinct::assert_distinct_names;
pub(crate) use distinct::shared_name;
pub use payload::{Payload, RefusedBySerde, decode_older, decode_payload, encode_payload};
pub use streams::add_streams;

/// What a type parameter of an event must be, so that the event can be stored and sent between threads.
pub trait EventParameter: Serialize + DeserializeOwned + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> EventParameter for T {}
