//! What the server takes and answers, for tools: `GET /openapi.json`, [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0).

mod answers;
mod operations;
mod parameters;
mod queries;
mod schemas;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::routing::{MethodRouter, get};
use eventsourcing::service::ServiceDescription;
use serde_json::{Value, json};

use crate::shared::Shared;

/// The path of the document.
pub(crate) const PATH: &str = "/openapi.json";

pub(crate) fn route() -> MethodRouter<Shared> {
    get(
        async |State(shared): State<Shared>, OriginalUri(address): OriginalUri| {
            let mut document = shared.openapi().clone();
            // An application may have nested the routes, and only the request says below which path.
            let base = address.path().strip_suffix(PATH).unwrap_or_default();
            document["servers"] = json!([{ "url": if base.is_empty() { "/" } else { base } }]);
            Json(document)
        },
    )
}

/// Who has to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// Whether there is authentication.
    pub(crate) authenticated: bool,
    /// Whether the probes answer without it.
    pub(crate) public_probes: bool,
}

/// Describes the routes of a service.
pub(crate) fn document(service: &ServiceDescription, access: Access) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": { "title": service.name, "version": env!("CARGO_PKG_VERSION") },
        "tags": [
            { "name": "commands", "description": "What can be done." },
            { "name": "queries", "description": "What can be asked." },
            { "name": "events", "description": "What has happened." },
            { "name": "service", "description": "The service itself." },
        ],
        "paths": operations::paths(service, access),
        "components": {
            "parameters": parameters::components(),
            "responses": answers::components(),
            "schemas": schemas::components(service),
        },
    });
    if access.authenticated {
        document["components"]["securitySchemes"] =
            json!({ "bearer": { "type": "http", "scheme": "bearer" } });
        document["security"] = json!([{ "bearer": [] }]);
    }
    document
}
