use super::{Category, InvalidCategory};
use crate::text::{Text, text_newtype};

/// The name of a stream: `category-key`, as in `account-alice`, or a category alone for the only stream of its kind.
///
/// The [`Category`] ends at the first `-`; the key is any text without control characters. The whole has at most
/// [`StreamId::MAX_BYTES`] bytes. Ids are compared byte for byte. Cloning is cheap.
///
/// ```
/// use eventsourcing_core::StreamId;
///
/// let id = StreamId::new("account-alice")?;
/// assert_eq!(id.category(), "account");
/// assert_eq!(id.key(), Some("alice"));
/// assert!(StreamId::new("account-\n").is_err());
/// # Ok::<(), eventsourcing_core::InvalidStreamId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(Text);

impl StreamId {
    /// The longest stream id, in bytes.
    pub const MAX_BYTES: usize = 250;

    /// Checks and takes a stream id.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidStreamId> {
        let (category, key) = split(text);
        Category::check(category)?;
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidStreamId::TooLong { bytes: text.len() });
        }
        if let Some(key) = key {
            if key.is_empty() {
                return Err(InvalidStreamId::EmptyKey);
            }
            if let Some((at, character)) = key.char_indices().find(|(_, character)| character.is_control()) {
                return Err(InvalidStreamId::ControlCharacter {
                    at: category.len() + 1 + at,
                    character,
                });
            }
        }
        Ok(Self(text.into()))
    }

    /// The part before the first `-`, or the whole id when there is none.
    pub fn category(&self) -> &str {
        split(self.as_str()).0
    }

    /// The part after the first `-`, or `None` for the only stream of its category.
    pub fn key(&self) -> Option<&str> {
        split(self.as_str()).1
    }
}

text_newtype!(StreamId, InvalidStreamId);

fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('-') {
        Some((category, key)) => (category, Some(key)),
        None => (text, None),
    }
}

/// Why a text is not a [`StreamId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStreamId {
    /// The part before the first `-` is not a category.
    #[error("the stream id does not start with a category")]
    Category(#[from] InvalidCategory),
    /// Nothing follows the `-`.
    #[error("the key after the `-` is empty")]
    EmptyKey,
    /// Longer than [`StreamId::MAX_BYTES`].
    #[error("the stream id has {bytes} bytes, {max} are allowed", max = StreamId::MAX_BYTES)]
    TooLong {
        /// The length of the refused id.
        bytes: usize,
    },
    /// A control character (Unicode category `Cc`), line ends and NUL among them.
    #[error("the key holds the control character {character:?} at byte {at}")]
    ControlCharacter {
        /// The offset of the character in the id, in bytes.
        at: usize,
        /// The character.
        character: char,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_category_ends_at_the_first_dash() {
        let id = StreamId::new("order_line-0191b-7f-x").unwrap();
        assert_eq!((id.category(), id.key()), ("order_line", Some("0191b-7f-x")));
        let only = StreamId::new("settings").unwrap();
        assert_eq!((only.category(), only.key()), ("settings", None));
    }

    #[test]
    fn what_is_refused_says_why() {
        assert_eq!(
            StreamId::new(""),
            Err(InvalidStreamId::Category(InvalidCategory::Empty))
        );
        assert_eq!(
            StreamId::new("-x"),
            Err(InvalidStreamId::Category(InvalidCategory::Empty))
        );
        assert_eq!(StreamId::new("a-"), Err(InvalidStreamId::EmptyKey));
        assert_eq!(
            StreamId::new("a-b\0"),
            Err(InvalidStreamId::ControlCharacter {
                at: 3,
                character: '\0'
            })
        );
        let long = format!("a-{}", "x".repeat(StreamId::MAX_BYTES));
        assert_eq!(
            StreamId::new(&long),
            Err(InvalidStreamId::TooLong {
                bytes: StreamId::MAX_BYTES + 2
            })
        );
        assert_eq!(
            StreamId::new("Account-x"),
            Err(InvalidStreamId::Category(InvalidCategory::Character { at: 0 }))
        );
    }

    #[test]
    fn keys_may_hold_any_printable_text() {
        for key in [
            "alice@example.org",
            "Ünïcödé",
            "a b",
            "100%",
            "x'; drop table events; --",
            "🦀",
        ] {
            assert_eq!(StreamId::new(&format!("account-{key}")).unwrap().key(), Some(key));
        }
    }

    #[test]
    fn json_goes_through_the_same_check() {
        let id: StreamId = serde_json::from_str(r#""account-alice""#).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""account-alice""#);
        assert!(serde_json::from_str::<StreamId>(r#""Account""#).is_err());
    }
}
