use crate::text::{Text, text_newtype};

/// The stored name of an event type, such as `account.Opened`. It is chosen, and outlives the Rust type.
///
/// ASCII letters, digits, `_`, `-` and `.`, starting with a letter; at most [`EventTypeName::MAX_BYTES`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTypeName(Text);

impl EventTypeName {
    /// The longest event type name, in bytes.
    pub const MAX_BYTES: usize = 120;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidEventTypeName> {
        Self::check(text)?;
        Ok(Self(text.into()))
    }

    /// A name written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a name; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        match Self::check(text) {
            Ok(()) => Self(Text::Static(text)),
            Err(_) => panic!(
                "an event type name starts with an ASCII letter, goes on with letters, digits, `_`, `-` and `.`, \
                 and has at most 120 bytes"
            ),
        }
    }

    const fn check(text: &str) -> Result<(), InvalidEventTypeName> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(InvalidEventTypeName::Empty);
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(InvalidEventTypeName::TooLong { bytes: bytes.len() });
        }
        let mut at = 0;
        while at < bytes.len() {
            let inside = bytes[at].is_ascii_digit() || matches!(bytes[at], b'_' | b'-' | b'.');
            if !(bytes[at].is_ascii_alphabetic() || (at > 0 && inside)) {
                return Err(InvalidEventTypeName::Character { at });
            }
            at += 1;
        }
        Ok(())
    }
}

text_newtype!(EventTypeName, InvalidEventTypeName);

/// Why a text is not an [`EventTypeName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEventTypeName {
    /// There is no text.
    #[error("the event type name is empty")]
    Empty,
    /// Longer than [`EventTypeName::MAX_BYTES`].
    #[error("the event type name has {bytes} bytes, {max} are allowed", max = EventTypeName::MAX_BYTES)]
    TooLong {
        /// The length of the refused name.
        bytes: usize,
    },
    /// A character that a name cannot hold.
    #[error(
        "an event type name starts with an ASCII letter and goes on with letters, digits, `_`, `-` and `.`; byte {at} is something else"
    )]
    Character {
        /// The offset of the first such byte.
        at: usize,
    },
}
