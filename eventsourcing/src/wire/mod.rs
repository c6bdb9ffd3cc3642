//! Commands that arrive over the wire: by name, as bytes, from any transport.
//!
//! A [`WireCommand`] becomes a [`CommandResult`], whatever it holds.

mod command;
mod event;
mod invalid;
mod json;
mod metadata;
mod rejection;
mod result;
mod suggest;

pub use command::WireCommand;
pub use event::WireEvent;
pub use invalid::InvalidPayload;
pub use metadata::WireMetadata;
pub use rejection::Rejection;
pub use result::{CommandResult, Success};
