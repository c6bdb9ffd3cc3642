use super::InvalidManagerName;
use crate::EventId;
use crate::projection::SettledProjectionsError;
use crate::store::{AppendError, FeedError, StoreError};

/// Why process managers were not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProcessesError {
    /// A name that cannot be stored.
    #[error(transparent)]
    Name(#[from] InvalidManagerName),
    /// It could not be found out where they left off.
    #[error("the progress of the process managers cannot be read")]
    Progress(#[from] StoreError),
    /// It could not be found out where the log ends.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
    /// It could not be noted where they begin.
    #[error("the progress of the process managers cannot be written")]
    Begin(#[from] AppendError),
}

/// Why it cannot be told that all process managers and projections have caught up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettledError {
    /// One of them does not run any more.
    #[error("the process manager `{manager}` does not run any more{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Ended {
        /// Its name.
        manager: &'static str,
        /// Why, unless everything was stopped.
        reason: Option<String>,
    },
    /// The end of the log could not be found.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
    /// A projection does not come to the end of the log.
    #[error(transparent)]
    Projections(#[from] SettledProjectionsError),
}

/// Why parked events are not dealt with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParkedError {
    /// No process manager of this name runs for this tenant.
    #[error("there is no process manager `{manager}`")]
    NoSuchManager {
        /// The name.
        manager: String,
    },
    /// The event waits behind another one of its instance, which comes first.
    #[error("the event {event} waits behind another one of its instance")]
    NotFirst {
        /// The event.
        event: EventId,
    },
    /// It has not worked.
    #[error("it has not worked: {reason}")]
    Failed {
        /// Why.
        reason: String,
    },
}
