use crate::text::{Text, text_newtype};

/// How the payload of an event is written, as a media type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentType(Text);

impl ContentType {
    /// `application/json`: stores check that such payloads are JSON.
    pub const JSON: Self = Self(Text::Static("application/json"));
    /// The longest content type, in bytes.
    pub const MAX_BYTES: usize = 100;

    /// Checks and takes a media type: `type/subtype`, in lower-case ASCII without spaces.
    ///
    /// # Errors
    /// If it has another form or is too long.
    pub fn new(text: &str) -> Result<Self, InvalidContentType> {
        if text == Self::JSON.as_str() {
            return Ok(Self::JSON);
        }
        let allowed = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
        let parts = text.split_once('/');
        let named = parts.is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
        if named && text.len() <= Self::MAX_BYTES && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidContentType)
        }
    }
}

text_newtype!(ContentType, InvalidContentType);

/// The text is not a [`ContentType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a content type reads `type/subtype`, in lower-case ASCII, at most {max} bytes", max = ContentType::MAX_BYTES)]
pub struct InvalidContentType;
