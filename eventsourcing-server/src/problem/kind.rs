use axum::http::StatusCode;
use eventsourcing::store::ErrorClass;

/// The kinds of [`Problem`](super::Problem).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Something of the request cannot be read: its JSON, a header, a parameter, the name of a stream.
    Malformed,
    /// Nobody is signed in, or what they have shown is not valid.
    Unauthenticated,
    /// A page of another site asks.
    ForeignOrigin,
    /// There is nothing at this address.
    NotFound,
    /// There is no such command.
    UnknownCommand,
    /// There is no such query.
    UnknownQuery,
    /// The address is right and the method is not.
    MethodNotAllowed,
    /// The request took too long to arrive.
    TooSlow,
    /// What the command depends on has changed again and again.
    Conflict,
    /// The cursor, or the position, does not belong to this log: start again.
    ForeignCursor,
    /// The stream is not at the version that `If-Match` or `If-None-Match` asks for.
    PreconditionFailed,
    /// The body is too large.
    TooLarge,
    /// The body is not JSON, as it says itself.
    UnsupportedMediaType,
    /// The request was meant for another host.
    ForeignHost,
    /// The domain says no.
    Rejected,
    /// The query says no, or its result is too large.
    Refused,
    /// The idempotency key was used before, for something else.
    KeyReused,
    /// Too much is waiting.
    Overloaded,
    /// Something is broken, and a person has to look.
    Failed,
    /// The store cannot be reached, the time was too short, or the service is shutting down.
    Unavailable,
    /// A query was to know of a position that its projections have not come to.
    Lagging,
    /// A projection that a query reads fills its table for the first time.
    NotReady,
    /// Nobody can tell whether the command has happened: send it again under the same idempotency key.
    UnknownOutcome,
}

impl ProblemKind {
    /// All of them, by status.
    pub const ALL: [Self; 23] = [
        Self::Malformed,
        Self::Unauthenticated,
        Self::ForeignOrigin,
        Self::NotFound,
        Self::UnknownCommand,
        Self::UnknownQuery,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::Conflict,
        Self::ForeignCursor,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::ForeignHost,
        Self::Rejected,
        Self::Refused,
        Self::KeyReused,
        Self::Overloaded,
        Self::Failed,
        Self::Unavailable,
        Self::Lagging,
        Self::NotReady,
        Self::UnknownOutcome,
    ];

    /// The last part of its `type`.
    pub const fn name(self) -> &'static str {
        self.texts().0
    }

    /// The status that it is sent with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotFound | Self::UnknownCommand | Self::UnknownQuery => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::ForeignCursor => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Rejected | Self::Refused | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Overloaded => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable | Self::Lagging | Self::NotReady | Self::UnknownOutcome => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// What it is, the same each time.
    pub const fn title(self) -> &'static str {
        self.texts().1
    }

    /// How whoever has sent the request is to react.
    pub const fn class(self) -> ErrorClass {
        match self {
            Self::Conflict | Self::PreconditionFailed => ErrorClass::Conflict,
            Self::Overloaded => ErrorClass::Overloaded,
            Self::Unavailable | Self::Lagging | Self::NotReady | Self::TooSlow => ErrorClass::Retry,
            Self::UnknownOutcome => ErrorClass::UnknownOutcome,
            Self::Failed => ErrorClass::Bug,
            _ => ErrorClass::Rejected,
        }
    }

    /// Whether it passes: the same request may succeed later.
    pub(crate) const fn passes(self) -> bool {
        matches!(
            self.class(),
            ErrorClass::Overloaded | ErrorClass::Retry | ErrorClass::UnknownOutcome
        )
    }

    /// Its `type`: an address where it is described.
    pub fn uri(self) -> String {
        format!("https://docs.rs/eventsourcing-server#{}", self.name())
    }

    /// Its name, and its title.
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Malformed => ("malformed", "the request cannot be read"),
            Self::Unauthenticated => ("unauthenticated", "nobody is signed in"),
            Self::ForeignOrigin => ("foreign-origin", "the page of another site asks"),
            Self::NotFound => ("not-found", "there is nothing here"),
            Self::UnknownCommand => ("unknown-command", "there is no such command"),
            Self::UnknownQuery => ("unknown-query", "there is no such query"),
            Self::MethodNotAllowed => ("method-not-allowed", "this address takes other methods"),
            Self::TooSlow => ("too-slow", "the request took too long to arrive"),
            Self::Conflict => ("conflict", "what the command depends on has changed"),
            Self::ForeignCursor => (
                "foreign-cursor",
                "the cursor or the position does not belong to this log",
            ),
            Self::PreconditionFailed => ("precondition-failed", "the stream is at another version"),
            Self::TooLarge => ("too-large", "the body is too large"),
            Self::UnsupportedMediaType => ("unsupported-media-type", "commands are JSON"),
            Self::ForeignHost => ("foreign-host", "the request was meant for another host"),
            Self::Rejected => ("rejected", "the command was rejected"),
            Self::Refused => ("refused", "the query was refused"),
            Self::KeyReused => ("key-reused", "the idempotency key was used for something else"),
            Self::Overloaded => ("overloaded", "too much is waiting"),
            Self::Failed => ("failed", "something is broken"),
            Self::Unavailable => ("unavailable", "the service is not available now"),
            Self::Lagging => ("lagging", "what is asked for is not known yet"),
            Self::NotReady => ("not-ready", "what is asked for is being put together"),
            Self::UnknownOutcome => (
                "unknown-outcome",
                "nobody can tell whether the command has happened",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_page_describes_every_kind() {
        let front_page = include_str!("../lib.rs");
        for kind in ProblemKind::ALL {
            let (name, status) = (kind.name(), kind.status().as_u16());
            let line = format!("//! | <a id=\"{name}\"></a>`{name}` | {status} | ");
            assert!(front_page.contains(&line), "{line}");
        }
    }
}
