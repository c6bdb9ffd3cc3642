//! What can be asked for, path by path.

use eventsourcing::service::{CommandDescription, ServiceDescription};
use serde_json::{Map, Value, json};

use super::answers::{self, answers, entity_tag};
use super::{Access, parameters, queries, schemas};
use crate::problem::ProblemKind;
use crate::routes::{ROUTES, Route, RouteKind};

/// The operations of all routes. Each command has a path of its own.
pub(super) fn paths(service: &ServiceDescription, access: Access) -> Map<String, Value> {
    let mut paths = Map::new();
    let method = |route: &Route| route.method.to_ascii_lowercase();
    for route in ROUTES {
        match of_route(route.kind) {
            None if matches!(route.kind, RouteKind::Query | RouteKind::QueryInBody) => {
                for query in &service.queries {
                    let operation = signed_in(queries::operation(query, route.kind), route, access);
                    let path = paths
                        .entry(queries::path(query, route))
                        .or_insert_with(|| json!({}));
                    path[method(route)] = operation;
                }
            }
            Some(operation) => {
                let operation = signed_in(operation, route, access);
                paths.insert(route.path.to_owned(), json!({ method(route): operation }));
            }
            None => {
                for command in &service.commands {
                    let command = Command::new(command);
                    if command.kind() == route.kind {
                        let operation = signed_in(command.operation(), route, access);
                        paths.insert(command.path(route), json!({ method(route): operation }));
                    }
                }
            }
        }
    }
    paths
}

/// Says who has to sign in, where they have to.
fn signed_in(mut operation: Value, route: &Route, access: Access) -> Value {
    if access.public_probes && route.is_probe() {
        operation["security"] = json!([]);
    } else if access.authenticated {
        operation["responses"]["401"] = answers::problem(ProblemKind::Unauthenticated);
    }
    operation
}

/// The operation of a route that is one for all services.
fn of_route(kind: RouteKind) -> Option<Value> {
    let references =
        |names: &[&str]| -> Vec<_> { names.iter().map(|name| parameters::reference(name)).collect() };
    let operation = match kind {
        RouteKind::Command | RouteKind::AggregateCommand | RouteKind::Query | RouteKind::QueryInBody => {
            return None;
        }
        RouteKind::Events => json!({
            "operationId": "events",
            "tags": ["events"],
            "summary": "The log in pages; with `Accept: text/event-stream`, also as it grows",
            "parameters": references(&parameters::OF_LOG),
            "responses": answers([("200", page(true))], answers::OF_EVENTS),
        }),
        RouteKind::Stream => {
            let mut all = references(&parameters::OF_STREAMS);
            all.push(parameters::stream());
            all.push(json!({
                "name": "If-None-Match",
                "in": "header",
                "description": "The `ETag` of an earlier answer.",
                "schema": { "type": "string" },
            }));
            let known = json!({ "description": "the stream is where it was", "headers": entity_tag() });
            let mut page = page(false);
            page["headers"]["ETag"] = entity_tag()["ETag"].take();
            let problems = answers::OF_EVENTS.into_iter().chain([ProblemKind::NotFound]);
            json!({
                "operationId": "stream",
                "tags": ["events"],
                "summary": "A stream in pages",
                "parameters": all,
                "responses": answers([("200", page), ("304", known)], problems),
            })
        }
        RouteKind::WebSocket => json!({
            "operationId": "websocket",
            "tags": ["events", "commands"],
            "summary": "Commands, results and events over a WebSocket, with the subprotocol `eventsourcing.v1`",
            "responses": answers(
                [("101", json!({ "description": "the connection is open" }))],
                [ProblemKind::Malformed, ProblemKind::ForeignOrigin],
            ),
        }),
        RouteKind::Live => json!({
            "operationId": "live",
            "tags": ["service"],
            "summary": "Whether the process lives",
            "responses": answers([("200", answers::json("it does", "Live"))], []),
        }),
        RouteKind::Ready => json!({
            "operationId": "ready",
            "tags": ["service"],
            "summary": "Whether the service takes commands",
            "responses": answers(
                [("200", answers::json("it does", "Readiness")), ("503", answers::json("it does not", "Readiness"))],
                [],
            ),
        }),
        RouteKind::OpenApi => json!({
            "operationId": "openapi",
            "tags": ["service"],
            "summary": "This document",
            "responses": answers(
                [("200", json!({
                    "description": "this document",
                    "content": { "application/json": { "schema": { "type": "object" } } },
                }))],
                [],
            ),
        }),
    };
    Some(operation)
}

/// A page of events; of the log, also as a stream.
fn page(grows: bool) -> Value {
    let mut content = json!({
        "application/json": { "schema": schemas::own("Page") },
        "application/cloudevents-batch+json": {
            "schema": { "type": "array", "items": schemas::own("Event") },
        },
    });
    if grows {
        content["text/event-stream"] = json!({ "schema": { "type": "string" } });
    }
    json!({
        "description": "events, in the order in which they were committed",
        "headers": {
            "Link": { "description": "Where the next page is, if there is more.", "schema": { "type": "string" } },
        },
        "content": content,
    })
}

/// A command, and the category of its aggregate if it has one.
struct Command<'a> {
    description: &'a CommandDescription,
    category: Option<&'a str>,
    name: &'a str,
}

impl<'a> Command<'a> {
    fn new(description: &'a CommandDescription) -> Self {
        let (category, name) = match description.name.split_once('/') {
            Some((category, name)) => (Some(category), name),
            None => (None, &*description.name),
        };
        Self {
            description,
            category,
            name,
        }
    }

    fn kind(&self) -> RouteKind {
        match self.category {
            Some(_) => RouteKind::AggregateCommand,
            None => RouteKind::Command,
        }
    }

    fn path(&self, route: &Route) -> String {
        let path = route.path.replace("{name}", self.name);
        match self.category {
            Some(category) => path.replace("{category}", category),
            None => path,
        }
    }

    fn operation(&self) -> Value {
        let headers = parameters::OF_COMMANDS.iter();
        let mut parameters: Vec<_> = headers.map(|name| parameters::reference(name)).collect();
        let mut problems = answers::OF_COMMANDS.to_vec();
        let mut headers = json!({
            "traceparent": { "description": "That of the request.", "schema": { "type": "string" } },
            "es-position": parameters::position_header(),
            "preference-applied": parameters::applied_header(),
        });
        if let Some(category) = self.category {
            parameters.push(parameters::id_within(category));
            parameters.extend(parameters::OF_AGGREGATES.map(parameters::reference));
            problems.push(ProblemKind::PreconditionFailed);
            headers["ETag"] = entity_tag()["ETag"].take();
        }
        let mut success = answers::json("it has happened", "Success");
        success["headers"] = headers;
        json!({
            "operationId": self.description.name.replace('/', "."),
            "tags": ["commands"],
            "summary": self.summary(),
            "parameters": parameters,
            "requestBody": {
                "description": "The fields of the command. Without a body, there are none.",
                "content": { "application/json": { "schema": schemas::of_command(self.description) } },
            },
            "responses": answers([("200", success)], problems),
        })
    }

    /// What the command says of itself.
    fn summary(&self) -> Value {
        let schema = self.description.schema.as_ref();
        let own = schema.and_then(|schema| schema.get("description")).cloned();
        own.unwrap_or_else(|| self.name.into())
    }
}
