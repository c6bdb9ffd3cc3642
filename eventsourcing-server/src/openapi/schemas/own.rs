//! What the server itself says.

use serde_json::{Value, json};

use super::own;

/// All of them, by name; but for `Event`, which depends on the service.
pub(super) fn schemas() -> [(&'static str, Value); 6] {
    [
        ("CloudEvent", cloud_event()),
        ("Page", page()),
        ("Success", success()),
        ("Problem", problem()),
        ("Live", live()),
        ("Readiness", readiness()),
    ]
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

/// A number as text.
fn digits() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+$" })
}

fn cloud_event() -> Value {
    json!({
        "type": "object",
        "description": "A CloudEvent, 1.0.",
        "properties": {
            "specversion": { "const": "1.0" },
            "id": uuid(),
            "source": { "type": "string", "format": "uri-reference" },
            "type": text(),
            "subject": { "type": "string", "description": "The stream that it happened in." },
            "time": { "type": "string", "format": "date-time" },
            "datacontenttype": text(),
            "position": digits(),
            "streamversion": digits(),
            "schemaversion": number(),
            "tenantid": text(),
            "commandid": uuid(),
            "correlationid": uuid(),
            "causationid": uuid(),
            "actor": text(),
            "traceparent": text(),
            "tracestate": text(),
            "links": { "type": "string", "description": "Further streams that hold it, with spaces between them." },
            "data": {},
            "data_base64": { "type": "string", "contentEncoding": "base64" },
        },
        "required": [
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "position", "streamversion",
            "schemaversion",
        ],
    })
}

fn page() -> Value {
    json!({
        "type": "object",
        "properties": {
            "cursor": { "type": "string", "description": "Where to go on." },
            "caught_up": { "type": "boolean", "description": "Whether there is nothing more." },
            "events": { "type": "array", "items": own("Event") },
        },
        "required": ["cursor", "caught_up", "events"],
    })
}

fn success() -> Value {
    json!({
        "type": "object",
        "properties": {
            "command_id": uuid(),
            "position": number(),
            "versions": { "type": "object", "additionalProperties": number() },
            "repeated": { "type": "boolean", "description": "Whether it had happened before." },
            "events": { "type": "array", "items": own("Event") },
        },
        "required": ["command_id", "position", "versions", "repeated", "events"],
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Problem details, RFC 9457.",
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": text(),
            "status": { "type": "integer" },
            "class": { "enum": ["rejected", "conflict", "retry", "overloaded", "unknown_outcome", "bug"] },
            "detail": text(),
            "path": { "type": "string", "format": "json-pointer" },
            "suggestions": { "type": "array", "items": text() },
            "code": text(),
            "details": {},
            "causes": { "type": "array", "items": text() },
            "version": number(),
            "retry_after": number(),
            "progress": { "type": "object", "properties": { "position": number(), "end": number() }, "required": ["position", "end"] },
            "incident": uuid(),
        },
        "required": ["type", "title", "status", "class"],
    })
}

fn live() -> Value {
    json!({ "type": "object", "properties": { "live": { "const": true } }, "required": ["live"] })
}

fn readiness() -> Value {
    json!({
        "type": "object",
        "properties": {
            "ready": { "type": "boolean" },
            "phase": { "enum": ["running", "shutting_down", "stopped"] },
            "store": { "type": "boolean", "description": "Whether the store answers." },
            "parked_events": { "type": "integer", "minimum": 0, "description": "How many events the projections could not deal with, or hold back behind those." },
            "projections": { "type": "array", "items": projection(), "description": "How the projections fare. Commands do not wait for them." },
        },
        "required": ["ready", "phase", "store", "parked_events", "projections"],
    })
}

fn projection() -> Value {
    json!({
        "type": "object",
        "properties": {
            "projection": text(),
            "version": number(),
            "ready": { "type": "boolean", "description": "Whether queries that read it are answered." },
            "state": { "enum": ["live", "standby", "catching_up", "failed", "stopped"] },
            "position": number(),
            "lag_events": number(),
            "lag_seconds": number(),
            "parked_events": number(),
        },
        "required": ["projection", "version", "ready", "state", "position", "lag_events", "lag_seconds", "parked_events"],
    })
}
