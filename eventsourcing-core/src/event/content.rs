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
        if Self::is_valid(text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidContentType)
        }
    }

    /// A media type written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a media type; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        if Self::is_valid(text) {
            Self(Text::Static(text))
        } else {
            panic!("a content type reads `type/subtype`, in lower-case ASCII, at most 100 bytes")
        }
    }

    const fn is_valid(text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut slash = None;
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_graphic() || bytes[at].is_ascii_uppercase() {
                return false;
            }
            if bytes[at] == b'/' && slash.is_none() {
                slash = Some(at);
            }
            at += 1;
        }
        let named = matches!(slash, Some(slash) if slash > 0 && slash + 1 < bytes.len());
        named && bytes.len() <= Self::MAX_BYTES
    }
}

text_newtype!(ContentType, InvalidContentType);

/// The text is not a [`ContentType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a content type reads `type/subtype`, in lower-case ASCII, at most {max} bytes", max = ContentType::MAX_BYTES)]
pub struct InvalidContentType;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_two_parts() {
        const CBOR: ContentType = ContentType::from_static("application/cbor");
        assert_eq!(ContentType::new("application/cbor"), Ok(CBOR));
        assert_eq!(
            ContentType::new("application/vnd.x/y+z;v=1").unwrap(),
            "application/vnd.x/y+z;v=1"
        );
        for other in [
            "",
            "json",
            "/json",
            "application/",
            "Application/json",
            "application/ json",
            "é/é",
        ] {
            assert_eq!(ContentType::new(other), Err(InvalidContentType), "{other}");
        }
        let long = format!("a/{}", "x".repeat(ContentType::MAX_BYTES));
        assert_eq!(ContentType::new(&long), Err(InvalidContentType));
    }
}
