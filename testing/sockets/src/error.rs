use std::error::Error;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What must not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// There is no server, or it has not ended well.
    #[error("the server has failed")]
    NoServer,
    /// The connection has ended too early.
    #[error("a connection has ended: {0}")]
    Ended(String),
    /// An event was lost, came twice, or in the wrong place.
    #[error("instead of the event at position {expected} came that at {found}")]
    Order {
        /// What was missing.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// A command has not succeeded.
    #[error("a command has failed: {0}")]
    Command(String),
    /// Somebody who was to tell how it goes is gone.
    #[error("a client has ended before its time")]
    Gone,
}
