use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;

use crate::ContentType;

/// How the payload of an event becomes bytes. JSON unless the event names another: `#[event(codec = path::To::Codec)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a codec",
    label = "this type does not implement `Codec`",
    note = "implement `Codec` for `{Self}`; events without `codec = ..` are written as JSON"
)]
pub trait Codec {
    /// What the codec writes. Stored beside each event; an event is only read by a codec of its content type.
    const CONTENT_TYPE: ContentType;

    /// Writes a payload.
    ///
    /// # Errors
    /// If the payload has no form in this codec.
    fn encode<T: Serialize>(payload: &T) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

    /// Reads a payload.
    ///
    /// # Errors
    /// If the bytes are not a payload of this type.
    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<dyn Error + Send + Sync>>;
}

/// Payloads as JSON, by `serde_json`.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Codec for Json {
    const CONTENT_TYPE: ContentType = ContentType::JSON;

    fn encode<T: Serialize>(payload: &T) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(serde_json::to_vec(payload)?)
    }

    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<dyn Error + Send + Sync>> {
        Ok(serde_json::from_slice(bytes)?)
    }
}
