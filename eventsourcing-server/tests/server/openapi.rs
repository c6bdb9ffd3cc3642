//! The `OpenAPI` document, and whether it is that of the server.

use std::collections::BTreeSet;
use std::process::Command;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use eventsourcing_server::{ProblemKind, ROUTES, RouteKind, Server};
use serde_json::Value;

use crate::board::{board, router};
use crate::client::get;
use crate::python;

async fn document(router: &Router) -> Value {
    let answer = get(router, "/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

/// All `$ref`s, wherever they are.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_this() {
    let mut document = document(&router().await).await;
    document["info"]["version"] = "(that of the server)".into();
    document.sort_all_objects();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

/// By the schema of `OpenAPI` itself, and what that cannot say.
#[tokio::test]
async fn it_is_a_document_of_open_api() {
    let Some(program) = python::installed("openapi-spec-validator==0.9.0") else {
        return;
    };
    let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    serde_json::to_writer(&file, &document(&router().await).await).unwrap();
    let output = Command::new(program).arg(file.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(told.ends_with(": OK\n"), "{told}");
}

#[tokio::test]
async fn every_route_is_in_it() {
    let document = document(&router().await).await;
    let paths = document["paths"].as_object().unwrap();
    for route in ROUTES {
        let path = match route.kind {
            RouteKind::Command => "/commands/Link",
            RouteKind::AggregateCommand => "/commands/todo/{id}/Create",
            RouteKind::Query | RouteKind::QueryInBody => "/queries/ListTodos",
            _ => route.path,
        };
        let operation = &paths[path][route.method.to_ascii_lowercase()];
        assert!(operation["operationId"].is_string(), "{route:?}");
    }
    assert_eq!(
        paths.len(),
        ROUTES.len() + 1,
        "there are two commands of todos, and two queries with two methods each"
    );
}

#[tokio::test]
async fn what_it_refers_to_is_there() {
    let document = document(&router().await).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/TodoId"));
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_problem_is_an_answer_of_some_operation() {
    let server = Server::new(board().await).public_probes();
    let document = document(
        &server
            .auth(from_fn(crate::auth::by_name))
            .router()
            .layer(from_fn(alice)),
    )
    .await;
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let answers: BTreeSet<_> = operations
        .flat_map(|operation| operation["responses"].as_object().unwrap().keys())
        .collect();
    for kind in ProblemKind::ALL {
        let status = kind.status().as_str().to_owned();
        let has_no_operation = kind == ProblemKind::MethodNotAllowed;
        assert_ne!(answers.contains(&status), has_no_operation, "{kind:?}");
    }
}

#[tokio::test]
async fn who_has_to_sign_in_is_said() {
    let open = document(&router().await).await;
    assert_eq!(open.get("security"), None);
    assert_eq!(open["paths"]["/events"]["get"]["responses"].get("401"), None);

    let server = Server::new(board().await)
        .public_probes()
        .auth(from_fn(crate::auth::by_name));
    let closed = document(&server.router().layer(from_fn(alice))).await;
    assert_eq!(closed["security"][0]["bearer"], serde_json::json!([]));
    assert!(closed["paths"]["/events"]["get"]["responses"]["401"].is_object());
    let probe = &closed["paths"]["/livez"]["get"];
    assert_eq!(probe["security"], serde_json::json!([]));
    assert_eq!(probe["responses"].get("401"), None);
}

/// Signs in whoever asks.
async fn alice(
    mut request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    request.headers_mut().insert("x-name", "alice".parse().unwrap());
    next.run(request).await
}

#[tokio::test]
async fn it_says_below_which_path_it_was_found() {
    let nested = Router::new().nest("/api", router().await);
    let document = get(&nested, "/api/openapi.json").await.json();
    assert_eq!(document["servers"][0]["url"], "/api");
    let document = self::document(&router().await).await;
    assert_eq!(document["servers"][0]["url"], "/");
}
