use std::fmt;
use std::str::FromStr;

/// The database schema that a store lives in: all its tables, functions and its record of migrations.
///
/// A lower-case ASCII letter or `_`, then up to 30 of these and digits.
///
/// ```
/// use eventsourcing_postgres::SchemaName;
///
/// assert_eq!(SchemaName::default().as_str(), "eventsourcing");
/// assert!(SchemaName::new("billing_events").is_ok());
/// assert!(SchemaName::new("x\"; drop schema public; --").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaName(String);

impl SchemaName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 31;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// If it is empty, too long, or has other characters.
    pub fn new(text: &str) -> Result<Self, InvalidSchemaName> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let starts = text.bytes().next().is_some_and(|first| !first.is_ascii_digit());
        if starts && text.len() <= Self::MAX_BYTES && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSchemaName)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for SchemaName {
    fn default() -> Self {
        Self("eventsourcing".to_owned())
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SchemaName {
    type Err = InvalidSchemaName;

    fn from_str(text: &str) -> Result<Self, InvalidSchemaName> {
        Self::new(text)
    }
}

impl TryFrom<&str> for SchemaName {
    type Error = InvalidSchemaName;

    fn try_from(text: &str) -> Result<Self, InvalidSchemaName> {
        Self::new(text)
    }
}

/// The text is not a [`SchemaName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a schema name is a lower-case ASCII letter or `_`, then these and digits, at most {max} bytes",
    max = SchemaName::MAX_BYTES
)]
pub struct InvalidSchemaName;
