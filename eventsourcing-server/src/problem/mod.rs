//! What is told when something does not work: problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).

mod kind;

use std::error::Error;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use eventsourcing::observe::chain;
use eventsourcing::projection::NotReady;
use eventsourcing::service::FilterAcrossStores;
use eventsourcing::store::{ErrorClass, FeedError, ReadError, StoreError};
use eventsourcing::uuid::Uuid;
use eventsourcing::wire::Rejection;
use eventsourcing::{Position, Version};
use serde::{Serialize, Serializer};
use serde_json::Value;

pub use kind::ProblemKind;

use crate::commands::entity_tag;

/// Why a request did not succeed, in the JSON form of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
///
/// | member | |
/// |---|---|
/// | `type`, `title`, `status` | of the [kind](ProblemKind) |
/// | `class` | how to react: `rejected`, `conflict`, `retry`, `overloaded`, `unknown_outcome` or `bug` |
/// | `detail` | what it is this time |
/// | `version` | at which version the stream is that was expected to be at another; the header `ETag` says the same |
/// | `path` | where the body is wrong: a JSON Pointer, [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901) |
/// | `suggestions` | what may have been meant |
/// | `code`, `details`, `causes` | what the domain says besides |
/// | `retry_after` | in how many seconds it may be sent again; the header `Retry-After` says the same |
/// | `progress` | the position that a projection has come to, and the `end` that it is on its way to |
/// | `incident` | under which id those who run the service find it in their log |
///
/// Members that have nothing to say are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem(Box<Members>);

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Members {
    #[serde(flatten, serialize_with = "write_kind")]
    kind: ProblemKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<Uuid>,
}

/// How far a projection is that is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Progress {
    position: Position,
    end: Position,
}

#[derive(Serialize)]
struct KindMembers {
    #[serde(rename = "type")]
    uri: String,
    title: &'static str,
    status: u16,
    class: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "this is how serde calls it")]
fn write_kind<S: Serializer>(kind: &ProblemKind, serializer: S) -> Result<S::Ok, S::Error> {
    let members = KindMembers {
        uri: kind.uri(),
        title: kind.title(),
        status: kind.status().as_u16(),
        class: class_name(kind.class()),
    };
    members.serialize(serializer)
}

fn class_name(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Conflict | ErrorClass::Overtaken => "conflict",
        ErrorClass::Retry => "retry",
        ErrorClass::Overloaded => "overloaded",
        ErrorClass::UnknownOutcome => "unknown_outcome",
        ErrorClass::Rejected => "rejected",
        _ => "bug",
    }
}

impl Problem {
    /// A problem of this kind, of which nothing more is known.
    pub fn of(kind: ProblemKind) -> Self {
        Self(Box::new(Members {
            kind,
            detail: None,
            version: None,
            path: None,
            suggestions: Vec::new(),
            code: None,
            details: None,
            causes: Vec::new(),
            retry_after: kind.passes().then_some(1),
            progress: None,
            incident: None,
        }))
    }

    /// A problem of this kind, and what it is this time.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let mut problem = Self::of(kind);
        problem.0.detail = Some(detail.into());
        problem
    }

    /// Something is broken. What it is is logged, and told to nobody else.
    pub(crate) fn failed(what: &str) -> Self {
        let incident = Uuid::now_v7();
        tracing::error!(%incident, error = what, "a request failed");
        let mut problem = Self::of(ProblemKind::Failed);
        problem.0.incident = Some(incident);
        problem
    }

    /// Something is not available now. What it is is logged, and told to nobody else.
    pub(crate) fn unavailable(kind: ProblemKind, what: &str) -> Self {
        if kind == ProblemKind::Overloaded {
            // There are many of these when there is no time to write them down.
            tracing::debug!(error = what, "a request came when too much was waiting");
        } else {
            tracing::warn!(error = what, "a request cannot be answered now");
        }
        Self::of(kind)
    }

    /// The same, with the version that the stream is at.
    pub(crate) fn with_version(mut self, version: Version) -> Self {
        self.0.version = Some(version);
        self
    }

    /// The same, with the place in the body where it is wrong.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// The same, with what may have been meant.
    pub(crate) fn with_suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.0.suggestions = suggestions;
        self
    }

    /// A projection is not ready. Who waits for as long as it says, need not ask in between.
    pub(crate) fn not_ready(not_ready: &NotReady) -> Self {
        /// Nobody is sent away for longer, whatever the pace of the last seconds was.
        const LONGEST: u64 = 60;
        let (position, end) = (not_ready.position, not_ready.end);
        let detail = format!("the rows that it reads are put together, up to position {position} of {end}");
        let mut problem = Self::new(ProblemKind::NotReady, detail);
        problem.0.retry_after = Some(not_ready.seconds_left.unwrap_or(1).clamp(1, LONGEST));
        problem.0.progress = Some(Progress { position, end });
        problem
    }

    /// What the domain says.
    pub(crate) fn rejected(rejection: Rejection) -> Self {
        Self::said(ProblemKind::Rejected, rejection)
    }

    /// What the domain says, as a problem of this kind.
    pub(crate) fn said(kind: ProblemKind, rejection: Rejection) -> Self {
        let mut problem = Self::new(kind, rejection.message);
        problem.0.code = rejection.code;
        problem.0.details = rejection.details;
        problem.0.causes = rejection.causes;
        problem
    }

    /// Its kind.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// What it is this time, if more is known than the kind.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::of_store(error.class(), &error)
    }
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        match &error {
            FeedError::Checkpoint(_) => Self::new(
                ProblemKind::ForeignCursor,
                "the cursor was made before the store was restored, or by another store: start again without it",
            ),
            _ => Self::of_store(error.class(), &error),
        }
    }
}

impl From<FilterAcrossStores> for Problem {
    fn from(error: FilterAcrossStores) -> Self {
        Self::new(ProblemKind::Malformed, error.to_string())
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::of_store(error.class(), &error)
    }
}

impl Problem {
    pub(crate) fn of_store(class: ErrorClass, error: &dyn Error) -> Self {
        let what = chain(error);
        match class {
            ErrorClass::Retry => Self::unavailable(ProblemKind::Unavailable, &what),
            ErrorClass::Overloaded => Self::unavailable(ProblemKind::Overloaded, &what),
            _ => Self::failed(&what),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
        #[expect(
            clippy::expect_used,
            reason = "text, numbers and JSON values always have a JSON form"
        )]
        let body = serde_json::to_vec(&self).expect("a problem has a JSON form");
        let mut response = (self.0.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM);
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(version) = self.0.version.filter(|version| *version != Version::ABSENT) {
            headers.insert(header::ETAG, entity_tag(version));
        }
        if self.0.kind == ProblemKind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
