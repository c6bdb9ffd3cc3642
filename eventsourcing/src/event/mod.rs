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
/// Every variant of an enum is an event type. It has named fields, or none, or wraps another event: a struct with named
/// fields, which is an event type of its own and may be shared by enums, or an enum again.
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
///     Transferred { #[stream] from: AccountId, #[stream] to: AccountId, amount: u64 },
///     #[event(name = "account.Closed", alias = "account.Terminated")]
///     Ended { #[stream] account: AccountId },
///     Deposited(MoneyDeposited),
/// }
///
/// #[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
/// #[event(name = "money.Deposited")]
/// pub struct MoneyDeposited { #[stream] account: AccountId, amount: u64 }
///
/// for name in ["account.Opened", "account.Closed", "account.Terminated", "money.Deposited"] {
///     assert!(AccountEvent::TYPES.contains(name));
/// }
/// ```
///
/// # Streams
/// A field with `#[stream]` names a stream that the event belongs to. The first is its home, a key or a
/// [`StreamId`]; the others are links, and may be an `Option` or a `Vec` of keys.
///
/// # Names and versions
/// Events are stored under a name, `prefix.Variant` unless another is given. Renaming a variant renames what is stored:
/// give the old name as an `alias`, or as the `name`.
///
/// | `#[event(..)]` | on | |
/// |---|---|---|
/// | `prefix = "account"` | enum, struct | what stored names begin with, before a `.` |
/// | `name = "account.Opened"` | variant, struct | the whole stored name |
/// | `alias = "account.Created"`, `alias("a", "b")` | variant, struct | names under which such events were stored earlier |
/// | `version = 2` | variant, struct | the version of the payload; 1 if it is not given |
/// | `upcast(1 -> 2 = path, ..)` | variant, struct | functions that make payloads newer, see [`Upcast`] |
/// | `retired("account.Audited")` | enum, struct | stored names whose events are passed over |
/// | `codec = path` | enum, struct | how payloads are written, see [`Codec`] |
/// | `crate = path` | enum, struct | where this crate is found, if not at `::eventsourcing` |
///
/// # Payloads
/// The payload of a variant is what serde makes of its fields, as if they were those of a struct; `{}` if there are none.
/// The enum need not be `Serialize`. If it is, that says nothing about what is stored: of serde's attributes those on
/// fields count, `rename_all` on variants, and `rename_all_fields`, `deny_unknown_fields` and `bound` on the enum. The
/// payload of a struct is what its own `Serialize` makes of it.
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
