//! Headers, and parameters of queries.

use eventsourcing::{Category, StreamId};
use serde_json::{Map, Value, json};

/// The ids of streams, as a pattern.
const STREAM: &str = r"^[a-z][a-z0-9_]*(-[^\u0000-\u001f\u007f-\u009f]+)?$";

/// The headers of every command.
pub(super) const OF_COMMANDS: [&str; 6] = [
    "Idempotency-Key",
    "correlation-id",
    "causation-id",
    "traceparent",
    "tracestate",
    "prefer",
];
/// The headers of a command of an aggregate, besides.
pub(super) const OF_AGGREGATES: [&str; 2] = ["If-Match", "If-None-Match"];
/// The headers of every query.
pub(super) const OF_QUERIES: [&str; 3] = ["es-position", "prefer", "Last-Event-ID"];
/// What a page of a stream is asked for with.
pub(super) const OF_STREAMS: [&str; 4] = ["after", "limit", "type", "category"];
/// What the log is asked for with.
pub(super) const OF_LOG: [&str; 6] = ["after", "limit", "type", "category", "stream", "Last-Event-ID"];

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The part of the path that names a stream.
pub(super) fn stream() -> Value {
    id("The id of the stream.", STREAM)
}

/// The part of the path that names a stream of a category.
pub(super) fn id_within(category: &str) -> Value {
    let description = format!("The stream is `{category}-` and this.");
    id(&description, r"^[^\u0000-\u001f\u007f-\u009f]+$")
}

/// The position of what was done or told.
pub(super) fn position_header() -> Value {
    json!({ "description": "Everything up to here is done, or in the answer.", "schema": { "type": "integer", "minimum": 0 } })
}

/// That the projections were waited for.
pub(super) fn applied_header() -> Value {
    json!({ "description": "Says that the projections have come to the position.", "schema": { "type": "string" } })
}

fn id(description: &str, pattern: &str) -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": description,
        "schema": { "type": "string", "minLength": 1, "maxLength": StreamId::MAX_BYTES, "pattern": pattern },
    })
}

pub(super) fn components() -> Value {
    let headers = headers().map(|parameter| ("header", parameter));
    let queries = queries().map(|parameter| ("query", parameter));
    let parameters = headers.into_iter().chain(queries);
    let parameters: Map<_, _> = parameters
        .map(|(place, (name, description, schema))| {
            let parameter =
                json!({ "name": name, "in": place, "description": description, "schema": schema });
            (name.to_owned(), parameter)
        })
        .collect();
    parameters.into()
}

/// A name, what it is for, and its schema.
type Parameter = (&'static str, &'static str, Value);

fn headers() -> [Parameter; 10] {
    let uuid = || json!({ "type": "string", "format": "uuid" });
    [
        (
            "Idempotency-Key",
            "Makes the command idempotent: a UUID, which is the command id, or any other text, which stands for one of the same actor.",
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-~](?:[ -~]{0,253}[!-~])?$" }),
        ),
        (
            "If-Match",
            "The stream has to be at this version, in quotes.",
            json!({ "type": "string", "pattern": r#"^"[0-9]{1,18}"$"#, "examples": ["\"7\""] }),
        ),
        (
            "If-None-Match",
            "The stream must not exist. Excludes `If-Match`.",
            json!({ "type": "string", "const": "*" }),
        ),
        (
            "correlation-id",
            "What the command belongs to; by default itself.",
            uuid(),
        ),
        (
            "causation-id",
            "What the command follows from; by default itself.",
            uuid(),
        ),
        (
            "traceparent",
            "W3C Trace Context, kept with the events.",
            json!({ "type": "string" }),
        ),
        (
            "tracestate",
            "W3C Trace Context, kept with the events.",
            json!({ "type": "string" }),
        ),
        (
            "Last-Event-ID",
            "The id of the last event that a stream of server-sent events has brought: it goes on behind that.",
            json!({ "type": "string" }),
        ),
        (
            "es-position",
            "The position of an earlier answer: this one is to have everything up to there.",
            json!({ "type": "string", "pattern": "^[0-9]{1,18}$" }),
        ),
        (
            "prefer",
            "`wait=5`: waits up to 5 seconds for the projections.",
            json!({ "type": "string", "examples": ["wait=5"] }),
        ),
    ]
}

fn queries() -> [Parameter; 5] {
    let texts = |text: Value| json!({ "type": "array", "items": text, "maxItems": 100 });
    [
        (
            "after",
            "The `cursor` of an earlier answer; `end` for what comes from now on; by default, from the beginning.",
            json!({ "type": "string", "pattern": "^(end|[A-Za-z0-9_-]{55})$" }),
        ),
        (
            "limit",
            "The most events of a page.",
            json!({ "type": "integer", "minimum": 1 }),
        ),
        (
            "type",
            "Only events of these types.",
            texts(json!({ "type": "string", "minLength": 1 })),
        ),
        (
            "category",
            "Only events of streams of these categories.",
            texts(
                json!({ "type": "string", "maxLength": Category::MAX_BYTES, "pattern": "^[a-z][a-z0-9_]*$" }),
            ),
        ),
        (
            "stream",
            "Only events of these streams.",
            texts(json!({ "type": "string", "maxLength": StreamId::MAX_BYTES, "pattern": STREAM })),
        ),
    ]
}
