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
    /// The address is right and the method is not.
    MethodNotAllowed,
    /// The request took too long to arrive.
    TooSlow,
    /// What the command depends on has changed again and again.
    Conflict,
    /// The cursor does not belong to this log: start again.
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
    /// The idempotency key was used before, for something else.
    KeyReused,
    /// Too much is waiting.
    Overloaded,
    /// Something is broken, and a person has to look.
    Failed,
    /// The store cannot be reached, the time was too short, or the service is shutting down.
    Unavailable,
    /// Nobody can tell whether the command has happened: send it again under the same idempotency key.
    UnknownOutcome,
}

impl ProblemKind {
    /// All of them, by status.
    pub const ALL: [Self; 19] = [
        Self::Malformed,
        Self::Unauthenticated,
        Self::ForeignOrigin,
        Self::NotFound,
        Self::UnknownCommand,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::Conflict,
        Self::ForeignCursor,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::ForeignHost,
        Self::Rejected,
        Self::KeyReused,
        Self::Overloaded,
        Self::Failed,
        Self::Unavailable,
        Self::UnknownOutcome,
    ];

    /// The last part of its `type`.
    pub const fn name(self) -> &'static str {
        self.facts().1
    }

    /// The status that it is sent with.
    pub const fn status(self) -> StatusCode {
        self.facts().0
    }

    /// What it is, the same each time.
    pub const fn title(self) -> &'static str {
        self.facts().2
    }

    /// How whoever has sent the request is to react.
    pub const fn class(self) -> ErrorClass {
        match self {
            Self::Conflict | Self::PreconditionFailed => ErrorClass::Conflict,
            Self::Overloaded => ErrorClass::Overloaded,
            Self::Unavailable | Self::TooSlow => ErrorClass::Retry,
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

    const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "the request cannot be read"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "nobody is signed in"),
            Self::ForeignOrigin => (
                StatusCode::FORBIDDEN,
                "foreign-origin",
                "the page of another site asks",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "there is nothing here"),
            Self::UnknownCommand => (
                StatusCode::NOT_FOUND,
                "unknown-command",
                "there is no such command",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "this address takes other methods",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "the request took too long to arrive",
            ),
            Self::Conflict => (
                StatusCode::CONFLICT,
                "conflict",
                "what the command depends on has changed",
            ),
            Self::ForeignCursor => (
                StatusCode::GONE,
                "foreign-cursor",
                "the cursor does not belong to this log",
            ),
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                "precondition-failed",
                "the stream is at another version",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "the body is too large",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "commands are JSON",
            ),
            Self::ForeignHost => (
                StatusCode::MISDIRECTED_REQUEST,
                "foreign-host",
                "the request was meant for another host",
            ),
            Self::Rejected => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "rejected",
                "the command was rejected",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "the idempotency key was used for something else",
            ),
            Self::Overloaded => (StatusCode::TOO_MANY_REQUESTS, "overloaded", "too much is waiting"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "failed", "something is broken"),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the service is not available now",
            ),
            Self::UnknownOutcome => (
                StatusCode::SERVICE_UNAVAILABLE,
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
