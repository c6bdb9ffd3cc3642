//! Events: what happened, as types.
//!
//! `#[derive(Event)]` makes an enum or a struct an [`Event`]. What comes back from a store is a [`Recorded`] event: the
//! payload, and where and when it was stored. [`Codec`] lies between the two.

mod codec;
pub(crate) mod derived;
mod error;
mod recorded;
mod stored;
mod upcast;
mod variant;

pub use codec::{Codec, Json};
pub use error::{DecodeError, DecodeFailure, EncodeError};
pub use recorded::Recorded;
pub use stored::{Encoded, Stored};
pub use upcast::Upcast;
pub use variant::{Variant, variant_index};

pub use eventsourcing_macros::Event;

use crate::{EventTypes, InvalidStreamId, StreamId};

/// Something that happened. Derive it.
///
/// ```
/// use eventsourcing::prelude::*;
///
/// #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// #[stream_key(category = "account")]
/// pub struct AccountId(String);
///
/// #[derive(Event, Clone, Debug, PartialEq)]
/// #[event(prefix = "account")]
/// pub enum AccountEvent {
///     Opened { #[stream] account: AccountId, owner: String },
///     #[event(name = "account.Closed", alias = "account.Terminated")]
///     Closed { #[stream] account: AccountId },
/// }
///
/// assert!(AccountEvent::TYPES.contains("account.Opened"));
/// assert!(AccountEvent::TYPES.contains("account.Terminated"));
/// ```
///
/// # Contract
/// `decode` gives back what `encode` wrote; the runtime checks this before it stores an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "this type is not an event",
    note = "add `#[derive(Event)]` to `{Self}`"
)]
pub trait Event: Send + Sync + Sized + 'static {
    /// The event types that a value can be of.
    const TYPES: EventTypes;
    /// The variants of the enum, in the order in which they are written; a struct is its own only variant.
    const VARIANTS: &'static [Variant];

    /// The streams that the event belongs to: its home first, then those it is linked to. One may come up twice.
    ///
    /// Empty for an event without a `#[stream]` field.
    ///
    /// # Errors
    /// If the text of a key does not make a stream id.
    fn streams(&self) -> Result<Vec<StreamId>, InvalidStreamId>;

    /// The type and the bytes to store.
    ///
    /// # Errors
    /// If the codec cannot write the payload.
    fn encode(&self) -> Result<Encoded, EncodeError>;

    /// Reads stored bytes, of this or an older version.
    ///
    /// # Errors
    /// If the event is of another type, of a newer version, or its payload cannot be read.
    fn decode(stored: Stored<'_>) -> Result<Self, DecodeFailure>;
}
