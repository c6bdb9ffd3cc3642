use std::sync::Arc;
use std::time::Duration;

use crate::Position;
use crate::projection::{NotReady, QueryError, WaitForError};
use crate::store::ErrorClass;
use crate::wire::{InvalidPayload, Rejection};

/// Why [`answer`](super::QueryLogic::answer) has none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAnswer {
    /// The query is refused: there is nothing that it could be about, or whoever asks is not to know.
    #[error(transparent)]
    Refused(#[from] Rejection),
    /// The rows could not be read.
    #[error(transparent)]
    Rows(#[from] QueryError),
}

impl NoAnswer {
    /// The query is refused, with this message.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(Rejection::new(message))
    }
}

/// Why a query that was asked has no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The service lists no such query.
    #[error("there is no query `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant, the likeliest first.
        suggestions: Vec<String>,
    },
    /// What was asked for does not make the query.
    #[error(transparent)]
    Invalid(#[from] InvalidPayload),
    /// The query says no.
    #[error(transparent)]
    Refused(Rejection),
    /// The rows could not be read.
    #[error(transparent)]
    Rows(Arc<QueryError>),
    /// A projection that it reads fills its table for the first time, and has not come to the end of the log.
    #[error(transparent)]
    NotReady(NotReady),
    /// A projection that it reads does not come to the position that was asked for, or does not run; or the log does not go so far.
    #[error(transparent)]
    Projection(#[from] WaitForError),
    /// The projections that it reads did not come to the position in time.
    #[error("the projections have not come to position {position} within {within:?}")]
    NotYet {
        /// The position.
        position: Position,
        /// How long was waited.
        within: Duration,
    },
    /// The result is larger than allowed: [`QueryPolicy::result_bytes`](super::QueryPolicy::result_bytes).
    #[error("the result has {bytes} bytes, {allowed} are allowed")]
    TooLarge {
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        allowed: usize,
    },
    /// As many queries are followed as may be: [`QueryPolicy::followed`](super::QueryPolicy::followed).
    #[error("{allowed} queries are followed, and more are not allowed")]
    TooManyFollowed {
        /// How many there may be.
        allowed: usize,
    },
    /// The query, or its result, cannot be written as JSON.
    #[error("there is no JSON form")]
    NoJson(#[source] Arc<serde_json::Error>),
    /// The query panicked.
    #[error("the query panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// The service does not run any more.
    #[error("the service has shut down")]
    ShutDown,
}

impl AskError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Unknown { .. }
            | Self::Invalid(_)
            | Self::Refused(_)
            | Self::TooLarge { .. }
            | Self::Projection(WaitForError::BeyondEnd { .. }) => ErrorClass::Rejected,
            Self::Rows(error) => error.class(),
            Self::NotReady(_) | Self::Projection(_) | Self::NotYet { .. } | Self::ShutDown => {
                ErrorClass::Retry
            }
            Self::TooManyFollowed { .. } => ErrorClass::Overloaded,
            Self::NoJson(_) | Self::Panicked { .. } => ErrorClass::Bug,
        }
    }
}

impl From<NoAnswer> for AskError {
    fn from(error: NoAnswer) -> Self {
        match error {
            NoAnswer::Refused(rejection) => Self::Refused(rejection),
            NoAnswer::Rows(QueryError::NotReady(not_ready)) => Self::NotReady(not_ready),
            NoAnswer::Rows(error) => Self::Rows(Arc::new(error)),
        }
    }
}

impl From<serde_json::Error> for AskError {
    fn from(error: serde_json::Error) -> Self {
        Self::NoJson(Arc::new(error))
    }
}
