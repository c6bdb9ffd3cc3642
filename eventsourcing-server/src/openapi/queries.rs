//! The operations of queries. Each has a path of its own, with two methods.

use eventsourcing::service::QueryDescription;
use serde_json::{Value, json};

use super::{answers, parameters, schemas};
use crate::problem::ProblemKind;
use crate::routes::{Route, RouteKind};

/// What may be wrong with a query.
const PROBLEMS: [ProblemKind; 7] = [
    ProblemKind::Malformed,
    ProblemKind::ForeignOrigin,
    ProblemKind::UnknownQuery,
    ProblemKind::ForeignCursor,
    ProblemKind::Refused,
    ProblemKind::Lagging,
    ProblemKind::NotReady,
];
/// What may be wrong with its body.
const OF_BODIES: [ProblemKind; 3] = [
    ProblemKind::TooSlow,
    ProblemKind::TooLarge,
    ProblemKind::UnsupportedMediaType,
];

pub(super) fn path(query: &QueryDescription, route: &Route) -> String {
    route.path.replace("{name}", &query.name)
}

pub(super) fn operation(query: &QueryDescription, kind: RouteKind) -> Value {
    let headers = parameters::OF_QUERIES.iter();
    let mut all: Vec<_> = headers.map(|name| parameters::reference(name)).collect();
    all.push(json!({
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an earlier answer.",
        "schema": { "type": "string" },
    }));
    let in_body = kind == RouteKind::QueryInBody;
    if !in_body {
        all.extend(fields(query));
    }
    let bodies = in_body.then_some(OF_BODIES).into_iter().flatten();
    let known = json!({ "description": "the result is what it was", "headers": headers_of_answer() });
    let mut operation = json!({
        "operationId": if in_body { format!("query.{}.post", query.name) } else { format!("query.{}", query.name) },
        "tags": ["queries"],
        "summary": summary(query),
        "parameters": all,
        "responses": answers::answers([("200", answer(query)), ("304", known)], PROBLEMS.into_iter().chain(bodies)),
    });
    if in_body {
        operation["requestBody"] = json!({
            "description": "The fields of the query. Without a body, there are none.",
            "content": { "application/json": { "schema": schemas::of_query(query) } },
        });
    }
    operation
}

/// The result, once or as it changes.
fn answer(query: &QueryDescription) -> Value {
    json!({
        "description": "the result; with `Accept: text/event-stream`, also each that differs",
        "headers": headers_of_answer(),
        "content": {
            "application/json": { "schema": schemas::of_result(query) },
            "text/event-stream": { "schema": { "type": "string" } },
        },
    })
}

fn headers_of_answer() -> Value {
    json!({
        "ETag": { "description": "Tells the result from others.", "schema": { "type": "string" } },
        "es-position": parameters::position_header(),
        "preference-applied": parameters::applied_header(),
    })
}

/// A parameter of the address for each field, as far as fields are known and can be one.
fn fields(query: &QueryDescription) -> Vec<Value> {
    let schema = query.schema.as_ref();
    let member = |name: &str| schema.and_then(|schema| schema.get(name));
    let Some(properties) = member("properties").and_then(Value::as_object) else {
        return Vec::new();
    };
    let required = member("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|required| required.iter().any(|field| field == name));
    let parameters = properties.iter().map(|(name, schema)| {
        json!({
            "name": name,
            "in": "query",
            "required": is_required(name),
            "schema": schemas::relocated(schema),
        })
    });
    parameters.collect()
}

/// What the query says of itself.
fn summary(query: &QueryDescription) -> Value {
    let schema = query.schema.as_ref();
    let own = schema.and_then(|schema| schema.get("description")).cloned();
    own.unwrap_or_else(|| query.name.as_str().into())
}
