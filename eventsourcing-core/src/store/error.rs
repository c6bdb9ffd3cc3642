use std::error::Error;
use std::fmt;

/// How to react to an error, without reading its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// What the call was based on has changed: read again, decide again.
    Conflict,
    /// Nothing was written, because the reader that was to be moved is elsewhere by now, or somebody else's to move: load its
    /// checkpoint, and do not decide again what it has passed.
    Overtaken,
    /// Nothing was written; the same call may succeed later.
    Retry,
    /// Nothing was written, because too much is waiting: slow down.
    Overloaded,
    /// It may have been written.
    UnknownOutcome,
    /// The call itself is at fault, now and later.
    Rejected,
    /// Code or stored data is broken: a person has to look.
    Bug,
}

impl ErrorClass {
    /// Whether the same call may succeed later, as [`Retry`](Self::Retry) and [`Overloaded`](Self::Overloaded) say.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Retry | Self::Overloaded)
    }
}

/// A failure of the store itself. Nothing was written.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of failure of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// It cannot be reached, or asks to try again.
    Unavailable,
    /// Too much is waiting.
    Overloaded,
    /// What it holds, or how it was called, makes no sense.
    Broken,
}

impl StoreError {
    /// A failure, told in a few words.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The store cannot be reached, or asks to try again.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Unavailable, message)
    }

    /// Too much is waiting.
    pub fn overloaded(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Overloaded, message)
    }

    /// What the store holds, or how it was called, makes no sense.
    pub fn broken(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Broken, message)
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self.kind {
            StoreErrorKind::Unavailable => ErrorClass::Retry,
            StoreErrorKind::Overloaded => ErrorClass::Overloaded,
            StoreErrorKind::Broken => ErrorClass::Bug,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
