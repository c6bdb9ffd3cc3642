use eventsourcing::observe::chain;
use eventsourcing::projection::{QueryError, WaitForError};
use eventsourcing::query::AskError;

use crate::problem::{Problem, ProblemKind};

/// Why a query has no answer. What the store and the projections say is told to nobody but the log.
pub(crate) fn problem(error: AskError) -> Problem {
    match error {
        AskError::Unknown { name, suggestions } => {
            let detail = format!("there is no query `{name}`");
            Problem::new(ProblemKind::UnknownQuery, detail).with_suggestions(suggestions)
        }
        AskError::Invalid(invalid) if invalid.path.is_empty() => {
            Problem::new(ProblemKind::Malformed, invalid.message)
        }
        AskError::Invalid(invalid) => Problem::new(ProblemKind::Malformed, invalid.message).at(invalid.path),
        AskError::Refused(rejection) => Problem::said(ProblemKind::Refused, rejection),
        AskError::TooLarge { .. } => Problem::new(ProblemKind::Refused, error.to_string()),
        AskError::NotYet { position, .. } => {
            let detail = format!("the projections have not come to position {position}");
            Problem::new(ProblemKind::Lagging, detail)
        }
        AskError::NotReady(not_ready) => Problem::not_ready(&not_ready),
        AskError::Projection(error @ WaitForError::BeyondEnd { .. }) => {
            Problem::new(ProblemKind::ForeignCursor, error.to_string())
        }
        AskError::Projection(error) => Problem::unavailable(ProblemKind::Lagging, &error.to_string()),
        AskError::Rows(error) => match &*error {
            QueryError::Invalid { .. } => Problem::new(ProblemKind::Malformed, error.to_string()),
            _ => Problem::of_store(error.class(), &*error),
        },
        AskError::TooManyFollowed { .. } => Problem::unavailable(ProblemKind::Overloaded, &error.to_string()),
        AskError::ShutDown => Problem::unavailable(ProblemKind::Unavailable, &error.to_string()),
        _ => Problem::failed(&chain(&error)),
    }
}
