use serde_json::Value;

use super::{DecodeFailure, Event};

/// What the last upcast of an event type returns: the event itself, or the JSON of its newest version.
///
/// An upcast is a function from one version of a payload to a later one. Each payload is a type that deserializes, or
/// [`serde_json::Value`]:
///
/// ```
/// use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
///
/// #[derive(Event, Debug, Serialize, Deserialize)]
/// #[event(name = "account.Opened", version = 2, upcast(1 -> 2 = add_currency))]
/// pub struct Opened { #[stream] account: AccountId, currency: String }
///
/// #[derive(Deserialize)]
/// struct OpenedV1 { account: AccountId }
///
/// fn add_currency(old: OpenedV1) -> Opened {
///     Opened { account: old.account, currency: "EUR".into() }
/// }
/// ```
///
/// An upcast cannot fail: the event did happen, so it says what a missing fact was.
#[diagnostic::on_unimplemented(
    message = "the last upcast of `{E}` returns `{Self}`",
    label = "this upcast leads to the newest version",
    note = "let it return `{E}`, or `serde_json::Value` in the form of the newest version"
)]
pub trait Upcast<E> {
    /// Makes the event; `read` reads the JSON of the newest version.
    ///
    /// # Errors
    /// If it is JSON, and does not fit the type.
    fn finish(self, read: fn(Value) -> Result<E, serde_json::Error>) -> Result<E, DecodeFailure>;
}

impl<E: Event> Upcast<E> for E {
    fn finish(self, _: fn(Value) -> Result<E, serde_json::Error>) -> Result<E, DecodeFailure> {
        Ok(self)
    }
}

impl<E: Event> Upcast<E> for Value {
    fn finish(self, read: fn(Value) -> Result<E, serde_json::Error>) -> Result<E, DecodeFailure> {
        read(self).map_err(|source| DecodeFailure::Payload(source.into()))
    }
}
