//! What is answered.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schemas;
use crate::problem::ProblemKind;

/// What any route may answer to anybody.
const OF_ALL: [ProblemKind; 4] = [
    ProblemKind::ForeignHost,
    ProblemKind::Overloaded,
    ProblemKind::Failed,
    ProblemKind::Unavailable,
];
/// What comes of a command that does not happen.
pub(super) const OF_COMMANDS: [ProblemKind; 8] = [
    ProblemKind::Malformed,
    ProblemKind::ForeignOrigin,
    ProblemKind::NotFound,
    ProblemKind::TooSlow,
    ProblemKind::Conflict,
    ProblemKind::TooLarge,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::Rejected,
];
/// What may be wrong with a question for events.
pub(super) const OF_EVENTS: [ProblemKind; 2] = [ProblemKind::Malformed, ProblemKind::ForeignCursor];

/// The answers of an operation: to what succeeds, and problems.
pub(super) fn answers(
    success: impl IntoIterator<Item = (&'static str, Value)>,
    problems: impl IntoIterator<Item = ProblemKind>,
) -> Map<String, Value> {
    let success = success
        .into_iter()
        .map(|(status, answer)| (status.to_owned(), answer));
    let problems = OF_ALL
        .into_iter()
        .chain(problems)
        .map(|kind| (kind.status().as_str().to_owned(), problem(kind)));
    // What an operation says of a status itself, wins.
    problems.chain(success).collect()
}

pub(super) fn problem(kind: ProblemKind) -> Value {
    json!({ "$ref": format!("#/components/responses/{}", kind.status().as_str()) })
}

/// An answer in JSON.
pub(super) fn json(description: &str, schema: &str) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schemas::own(schema) } } })
}

/// A header that says at which version a stream is.
pub(super) fn entity_tag() -> Value {
    json!({ "ETag": { "description": "The version of the stream, in quotes.", "schema": { "type": "string" } } })
}

/// One answer for each status of a problem.
pub(super) fn components() -> Value {
    let mut by_status: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for kind in ProblemKind::ALL {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    let answers: Map<_, _> = by_status
        .into_iter()
        .map(|(status, kinds)| (status.as_str().to_owned(), of_status(&kinds)))
        .collect();
    answers.into()
}

fn of_status(kinds: &[ProblemKind]) -> Value {
    let titles: Vec<_> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}", kind.name(), kind.title()))
        .collect();
    let mut answer = json!({
        "description": titles.join("; "),
        "content": { "application/problem+json": { "schema": schemas::own("Problem") } },
    });
    if kinds.contains(&ProblemKind::PreconditionFailed) {
        answer["headers"] = entity_tag();
    }
    if kinds.iter().any(|kind| kind.passes()) {
        answer["headers"] = json!({
            "Retry-After": { "description": "In how many seconds to ask again.", "schema": { "type": "integer" } },
        });
    }
    answer
}
