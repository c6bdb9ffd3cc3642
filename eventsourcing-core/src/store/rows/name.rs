use std::fmt;

use crate::text::{Text, text_newtype};

/// The name of a table of rows. It is chosen, written in the program, and stays.
///
/// A lower-case ASCII letter, then lower-case letters, digits and `_`; at most [`TableName::MAX_BYTES`] bytes. Stores make
/// tables such as `balances_v2` of it, so it does not end in `_v` and a number; nor is it a name that stores use themselves.
///
/// ```
/// use eventsourcing_core::store::rows::TableName;
///
/// const BALANCES: TableName = TableName::from_static("balances");
/// assert_eq!(BALANCES.as_str(), "balances");
/// assert!(TableName::new("x\"; drop table events; --").is_err());
/// assert!(TableName::new("balances_v2").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName(&'static str);

/// The name of a column of a [`Table`](super::Table), written in the program.
///
/// A lower-case ASCII letter, then lower-case letters, digits and `_`; at most [`ColumnName::MAX_BYTES`] bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(&'static str);

/// The name of a projection. It is chosen, and stays.
///
/// A lower-case ASCII letter, then lower-case letters, digits, `_` and `-`; at most [`ProjectionName::MAX_BYTES`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectionName(Text);

impl TableName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 40;

    /// Names, and beginnings of names, that stores or the databases underneath keep for themselves.
    const RESERVED: &[&str] = &[
        "checkpoints",
        "commands",
        "event_types",
        "events",
        "inline_marks",
        "lease_epochs",
        "leases",
        "links",
        "log",
        "migrations",
        "projection_tables",
        "projections",
        "settled",
        "snapshots",
        "store",
        "tenants",
    ];
    const RESERVED_PREFIXES: &[&str] = &["es_", "sqlite_"];

    /// Checks and takes a name.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub const fn new(text: &'static str) -> Result<Self, InvalidName> {
        match Self::check(text) {
            Ok(()) => Ok(Self(text)),
            Err(invalid) => Err(invalid),
        }
    }

    /// Checks a text that may be the name of a table of another program, as a store has recorded it.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub const fn check(text: &str) -> Result<(), InvalidName> {
        if let Err(invalid) = check(text.as_bytes(), Self::MAX_BYTES, b'_') {
            return Err(invalid);
        }
        if ends_in_a_version(text.as_bytes()) || is_reserved(text.as_bytes()) {
            return Err(InvalidName::Reserved);
        }
        Ok(())
    }

    /// A name written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a name; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        match Self::new(text) {
            Ok(name) => name,
            Err(InvalidName::Reserved) => panic!(
                "a table name is not one that stores use themselves, such as `events` or `es_..`, nor does it end in `_v` and a number"
            ),
            Err(_) => panic!(
                "a table name is a lower-case letter, then lower-case letters, digits and `_`, at most 40 bytes"
            ),
        }
    }

    /// The text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl ColumnName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 48;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub const fn new(text: &'static str) -> Result<Self, InvalidName> {
        match check(text.as_bytes(), Self::MAX_BYTES, b'_') {
            Ok(()) => Ok(Self(text)),
            Err(invalid) => Err(invalid),
        }
    }

    /// A name written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a name; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        match Self::new(text) {
            Ok(name) => name,
            Err(_) => panic!(
                "a column name is a lower-case letter, then lower-case letters, digits and `_`, at most 48 bytes"
            ),
        }
    }

    /// The text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl ProjectionName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 60;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        check(text.as_bytes(), Self::MAX_BYTES, b'-')?;
        Ok(Self(text.into()))
    }

    /// A name written in the program, checked when it is compiled.
    ///
    /// # Panics
    /// If the text is not a name; in a `const` this is a compile error.
    pub const fn from_static(text: &'static str) -> Self {
        #[expect(clippy::panic, reason = "documented; a compile error in constants")]
        match check(text.as_bytes(), Self::MAX_BYTES, b'-') {
            Ok(()) => Self(Text::Static(text)),
            Err(_) => panic!(
                "a projection name is a lower-case letter, then lower-case letters, digits, `_` and `-`, at most 60 bytes"
            ),
        }
    }
}

text_newtype!(ProjectionName, InvalidName);

/// `also` is a character that may come up besides `_`.
const fn check(bytes: &[u8], max: usize, also: u8) -> Result<(), InvalidName> {
    if bytes.is_empty() {
        return Err(InvalidName::Empty);
    }
    if bytes.len() > max {
        return Err(InvalidName::TooLong {
            bytes: bytes.len(),
            max,
        });
    }
    let mut at = 0;
    while at < bytes.len() {
        let later = bytes[at].is_ascii_digit() || bytes[at] == b'_' || bytes[at] == also;
        if !(bytes[at].is_ascii_lowercase() || (at > 0 && later)) {
            return Err(InvalidName::Character { at });
        }
        at += 1;
    }
    Ok(())
}

const fn ends_in_a_version(bytes: &[u8]) -> bool {
    let mut end = bytes.len();
    while end > 0 && bytes[end - 1].is_ascii_digit() {
        end -= 1;
    }
    end < bytes.len() && end >= 2 && bytes[end - 1] == b'v' && bytes[end - 2] == b'_'
}

const fn is_reserved(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < TableName::RESERVED.len() {
        let name = TableName::RESERVED[at].as_bytes();
        if name.len() == bytes.len() && starts_with(bytes, name) {
            return true;
        }
        at += 1;
    }
    let mut at = 0;
    while at < TableName::RESERVED_PREFIXES.len() {
        if starts_with(bytes, TableName::RESERVED_PREFIXES[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

/// In constants, slices are compared byte by byte.
pub(super) const fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    if bytes.len() < prefix.len() {
        return false;
    }
    let mut at = 0;
    while at < prefix.len() {
        if bytes[at] != prefix[at] {
            return false;
        }
        at += 1;
    }
    true
}

macro_rules! reads_as_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
    };
}

reads_as_text!(TableName);
reads_as_text!(ColumnName);

/// Why a text is not the name of a table, of a column or of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// There is no text.
    #[error("the name is empty")]
    Empty,
    /// Longer than names of its kind may be.
    #[error("the name has {bytes} bytes, {max} are allowed")]
    TooLong {
        /// The length of the refused name.
        bytes: usize,
        /// The longest of its kind.
        max: usize,
    },
    /// A character that such a name cannot hold.
    #[error(
        "a name is a lower-case letter, then lower-case letters, digits and `_`; byte {at} is something else"
    )]
    Character {
        /// The offset of the first such byte.
        at: usize,
    },
    /// A table name that stores use themselves, or that ends in `_v` and a number.
    #[error("the name is kept for the store itself")]
    Reserved,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stores_make_of_table_names_is_no_table_name() {
        for refused in ["a_v1", "a_v20", "events", "es_anything", "sqlite_anything"] {
            assert_eq!(TableName::new(refused), Err(InvalidName::Reserved), "{refused}");
        }
        for taken in ["a_v", "v1", "av1", "a_v1_b", "events_of_today", "a1"] {
            assert!(TableName::new(taken).is_ok(), "{taken}");
        }
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        for text in ["a\"", "a b", "_a", "1a", "A", "a-b", "ä", "a\0"] {
            assert!(TableName::new(text).is_err(), "{text}");
            assert!(ColumnName::new(text).is_err(), "{text}");
        }
        assert!(ProjectionName::new("a-b").is_ok());
        assert!(ProjectionName::new("a/b").is_err() && ProjectionName::new("a@1").is_err());
    }
}
