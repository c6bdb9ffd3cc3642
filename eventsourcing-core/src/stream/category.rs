use crate::text::{Text, text_newtype};

/// The kind of a stream: the part of a [`StreamId`](crate::StreamId) before its first `-`.
///
/// A lower-case ASCII letter, then lower-case letters, digits and `_`; at most [`Category::MAX_BYTES`] bytes.
///
/// ```
/// use eventsourcing_core::Category;
///
/// const ACCOUNT: Category = Category::from_static("account");
/// assert_eq!(ACCOUNT, "account");
/// assert!(Category::new("Account").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(Text);

impl Category {
    /// The longest category, in bytes.
    pub const MAX_BYTES: usize = 60;

    /// Checks and takes a category.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidCategory> {
        Self::check(text)?;
        Ok(Self(text.into()))
    }

    /// A category written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a category; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        match Self::check(text) {
            Ok(()) => Self(Text::Static(text)),
            Err(_) => panic!(
                "a category is a lower-case letter, then lower-case letters, digits and `_`, at most 60 bytes"
            ),
        }
    }

    /// The text, if the category was written in the program.
    pub const fn as_static(&self) -> Option<&'static str> {
        match &self.0 {
            Text::Static(text) => Some(text),
            Text::Shared(_) => None,
        }
    }

    pub(crate) const fn check(text: &str) -> Result<(), InvalidCategory> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(InvalidCategory::Empty);
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(InvalidCategory::TooLong { bytes: bytes.len() });
        }
        let mut at = 0;
        while at < bytes.len() {
            let first_or_later = bytes[at].is_ascii_lowercase()
                || (at > 0 && (bytes[at].is_ascii_digit() || bytes[at] == b'_'));
            if !first_or_later {
                return Err(InvalidCategory::Character { at });
            }
            at += 1;
        }
        Ok(())
    }
}

text_newtype!(Category, InvalidCategory);

/// Why a text is not a [`Category`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCategory {
    /// There is no category: it is the part of a stream id before the first `-`.
    #[error("the category is empty: a stream id reads `category-key`")]
    Empty,
    /// Longer than [`Category::MAX_BYTES`].
    #[error("the category has {bytes} bytes, {max} are allowed", max = Category::MAX_BYTES)]
    TooLong {
        /// The length of the refused category.
        bytes: usize,
    },
    /// A character that a category cannot hold.
    #[error(
        "a category is a lower-case letter, then lower-case letters, digits and `_`; byte {at} is something else"
    )]
    Character {
        /// The offset of the first such byte.
        at: usize,
    },
}
