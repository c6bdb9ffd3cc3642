use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// What a client calls a request or a subscription of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::websocket) struct Tag(Arc<str>);

impl Tag {
    pub(in crate::websocket) const MAX_BYTES: usize = 64;

    pub(in crate::websocket) fn new(text: &str) -> Result<Self, InvalidTag> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len());
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte));
        if fits && plain {
            Ok(Self(text.into()))
        } else {
            Err(InvalidTag)
        }
    }
}

impl TryFrom<String> for Tag {
    type Error = InvalidTag;

    fn try_from(text: String) -> Result<Self, InvalidTag> {
        Self::new(&text)
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {} of the characters A-Z a-z 0-9 - _ . : /", Tag::MAX_BYTES)]
pub(in crate::websocket) struct InvalidTag;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_short_and_needs_no_escaping() {
        assert!(Tag::new("b5f1c5f0-8a3e-7c11:7").is_ok());
        for wrong in ["", "a b", "a\"", "ä", &"x".repeat(65)] {
            assert_eq!(Tag::new(wrong), Err(InvalidTag), "{wrong}");
        }
    }
}
