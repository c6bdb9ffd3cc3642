use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use eventsourcing::memory::MemoryStore;
use eventsourcing_server::Server;
use eventsourcing_testkit::fault::{Fault, FaultPlan, FaultyStore};
use serde_json::Value;

use crate::app::{app, router, start};
use crate::client::{create, get, get_with, post};

/// Follows the pages from an address to the end, and returns the subjects of all events.
async fn all(router: &Router, mut path: String) -> Vec<String> {
    let mut subjects = Vec::new();
    loop {
        let page = get(router, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let body = page.json();
        subjects.extend(subjects_of(&body));
        let Some(link) = page.header("link") else {
            assert_eq!(body["caught_up"], true);
            return subjects;
        };
        assert_eq!(body["caught_up"], false);
        let next = link
            .strip_prefix('<')
            .unwrap()
            .strip_suffix(">; rel=\"next\"")
            .unwrap();
        assert!(next.contains(body["cursor"].as_str().unwrap()));
        path = format!("{}{next}", path.split('?').next().unwrap());
    }
}

fn subjects_of(page: &Value) -> Vec<String> {
    let events = page["events"].as_array().unwrap().iter();
    events
        .map(|event| event["subject"].as_str().unwrap().to_owned())
        .collect()
}

fn numbered(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| format!("todo-{number}")).collect()
}

async fn filled(todos: u32) -> Router {
    let router = router().await;
    for number in 0..todos {
        create(&router, &number.to_string()).await;
    }
    router
}

#[tokio::test]
async fn the_log_is_read_page_by_page_to_its_end() {
    let router = filled(25).await;
    for limit in [1, 4, 5, 25, 26, 1_000_000] {
        assert_eq!(
            all(&router, format!("/events?limit={limit}")).await,
            numbered(0..25),
            "{limit}"
        );
    }
}

#[tokio::test]
async fn the_cursor_of_the_last_page_is_where_new_events_begin() {
    let router = filled(3).await;
    let last = get(&router, "/events").await.json();
    create(&router, "new").await;
    let cursor = last["cursor"].as_str().unwrap();
    let new = get(&router, &format!("/events?after={cursor}")).await.json();
    assert_eq!(subjects_of(&new), ["todo-new"]);
}

#[tokio::test]
async fn after_the_end_there_is_nothing_but_a_cursor() {
    let router = filled(3).await;
    let end = get(&router, "/events?after=end").await.json();
    assert!(subjects_of(&end).is_empty());
    create(&router, "new").await;
    let cursor = end["cursor"].as_str().unwrap();
    assert_eq!(
        all(&router, format!("/events?after={cursor}")).await,
        ["todo-new"]
    );
}

#[tokio::test]
async fn filters_go_along_from_page_to_page() {
    let router = filled(6).await;
    for number in 0..6 {
        post(&router, &format!("/commands/todo/{number}/Complete"), "").await;
    }
    assert_eq!(
        all(&router, "/events?type=todo.Completed&limit=2".into()).await,
        numbered(0..6)
    );
    let two = "/events?type=todo.Created&stream=todo-1&stream=todo-4&category=todo&limit=1";
    assert_eq!(all(&router, two.into()).await, ["todo-1", "todo-4"]);
    assert!(all(&router, "/events?category=account".into()).await.is_empty());
}

#[tokio::test]
async fn a_stream_is_read_page_by_page_and_has_its_version_as_entity_tag() {
    let router = filled(3).await;
    post(&router, "/commands/todo/1/Complete", "").await;
    let page = get(&router, "/streams/todo-1").await;
    assert_eq!(page.header("etag"), Some("\"2\""));
    assert_eq!(
        all(&router, "/streams/todo-1?limit=1".into()).await,
        ["todo-1", "todo-1"]
    );
}

#[tokio::test]
async fn events_that_are_linked_are_in_both_streams() {
    let router = router().await;
    post(&router, "/commands/Link", r#"{"first":"a","second":"b"}"#).await;
    for stream in ["/streams/todo-a", "/streams/todo-b"] {
        assert_eq!(all(&router, stream.into()).await, ["todo-a"]);
    }
}

#[tokio::test]
async fn a_stream_that_is_known_already_is_not_sent_again() {
    let router = filled(1).await;
    let known = |tag: &'static str| {
        let router = router.clone();
        async move { get_with(&router, "/streams/todo-0", &[("if-none-match", tag)]).await }
    };
    for tag in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = known(tag).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{tag}");
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert!(answer.body.is_empty());
    }
    assert_eq!(known("\"2\"").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stream_that_does_not_exist_is_not_found() {
    let router = router().await;
    get(&router, "/streams/todo-17").await.problem(404, "not-found");
}

#[tokio::test]
async fn whoever_wants_a_batch_of_cloud_events_gets_it() {
    let router = filled(3).await;
    let accept = [(
        "accept",
        "application/json;q=0.5, application/cloudevents-batch+json",
    )];
    let batch = get_with(&router, "/events?limit=2", &accept).await;
    assert_eq!(
        batch.header("content-type"),
        Some("application/cloudevents-batch+json")
    );
    assert_eq!(batch.json().as_array().unwrap().len(), 2);
    assert!(batch.header("link").unwrap().ends_with("rel=\"next\""));
}

#[tokio::test]
async fn the_cursor_of_another_store_is_gone() {
    let elsewhere = filled(1).await;
    let cursor = get(&elsewhere, "/events").await.json()["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let router = filled(1).await;
    get(&router, &format!("/events?after={cursor}"))
        .await
        .problem(410, "foreign-cursor");
    get(&router, &format!("/streams/todo-0?after={cursor}"))
        .await
        .problem(410, "foreign-cursor");
}

#[tokio::test]
async fn a_store_that_is_away_is_told_without_its_secrets() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE));
    let runtime = start(Arc::clone(&store)).await;
    let router = Server::new(runtime).router();
    store.script_pages([Some(Fault::Unavailable)]);
    get(&router, "/events").await.problem(503, "unavailable");
    assert_eq!(get(&router, "/events").await.status, StatusCode::OK);
}

#[tokio::test]
async fn all_routes_can_be_nested_in_another_application() {
    let router = Router::new().nest("/api", Server::new(app().await).router());
    let answer = post(&router, "/api/commands/todo/17/Create", r#"{"title":"x"}"#).await;
    assert_eq!(answer.status, StatusCode::OK);
    create_below(&router).await;
    assert_eq!(
        all(&router, "/api/events?limit=1".into()).await,
        ["todo-17", "todo-18"]
    );
}

async fn create_below(router: &Router) {
    post(router, "/api/commands/todo/18/Create", r#"{"title":"x"}"#).await;
}
