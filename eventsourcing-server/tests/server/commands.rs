use axum::http::StatusCode;
use eventsourcing::store::FeedFilter;
use eventsourcing_server::Server;
use serde_json::json;
use tower::ServiceExt as _;

use crate::app::{router, start};
use crate::client::{create, get, post, post_with, request, send};
use crate::gate::GatedStore;

const MILK: &str = r#"{"title":"buy milk"}"#;

#[tokio::test]
async fn a_command_of_an_aggregate_answers_with_its_events_and_the_version_of_the_stream() {
    let router = router().await;
    let answer = post(&router, "/commands/todo/17/Create", MILK).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    assert_eq!(body["versions"], json!({ "todo-17": 1 }));
    assert_eq!(body["position"], 1);
    assert_eq!(body["repeated"], false);
    let event = &body["events"][0];
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "todo.Created");
    assert_eq!(event["source"], "/streams/todo-17");
    assert_eq!(event["subject"], "todo-17");
    assert_eq!(event["datacontenttype"], "application/json");
    assert_eq!(event["data"], json!({ "title": "buy milk" }));
    assert_eq!(event["position"], "1");
    assert_eq!(event["streamversion"], "1");
    assert_eq!(event["commandid"], body["command_id"]);
    assert_eq!(event["correlationid"], body["command_id"]);
    assert!(event["time"].as_str().unwrap().ends_with('Z'));
    assert!(event.get("tenantid").is_none());
}

#[tokio::test]
async fn a_command_over_streams_of_its_own_choice_has_no_target_and_its_event_links_to_the_other_stream() {
    let router = router().await;
    let answer = post(&router, "/commands/Link", r#"{"first":"a/ö","second":"b"}"#).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("etag"), None);
    let event = &answer.json()["events"][0];
    assert_eq!(event["source"], "/streams/todo-a%2F%C3%B6");
    assert_eq!(event["links"], "/streams/todo-b#1");
}

#[tokio::test]
async fn a_command_without_fields_needs_no_body() {
    let router = router().await;
    create(&router, "17").await;
    let answer = send(&router, request("POST", "/commands/todo/17/Complete", &[], "")).await;
    assert_eq!(answer.json()["versions"], json!({ "todo-17": 2 }));
}

#[tokio::test]
async fn a_rejection_is_a_problem_that_carries_what_the_domain_says() {
    let router = router().await;
    create(&router, "17").await;
    let again = post(&router, "/commands/todo/17/Create", MILK).await;
    let problem = again.problem(422, "rejected");
    assert_eq!(problem["detail"], "there is such a todo already");
    assert_eq!(problem["class"], "rejected");
}

#[tokio::test]
async fn every_result_has_its_status() {
    let router = router().await;
    for (said, status, kind) in [
        (json!({ "rejected": { "message": "no" } }), 422, "rejected"),
        (json!({ "conflict": { "message": "busy" } }), 409, "conflict"),
        (
            json!({ "invalid": { "path": "/payload/a", "message": "no" } }),
            400,
            "malformed",
        ),
        (
            json!({ "invalid": { "path": "/id", "message": "used" } }),
            422,
            "key-reused",
        ),
        (
            json!({ "unknown_command": { "name": "X", "suggestions": [] } }),
            404,
            "unknown-command",
        ),
        (json!({ "overloaded": { "message": "full" } }), 429, "overloaded"),
        (
            json!({ "unavailable": { "message": "away" } }),
            503,
            "unavailable",
        ),
        (
            json!({ "unknown_outcome": { "message": "lost" } }),
            503,
            "unknown-outcome",
        ),
        (json!({ "failed": { "message": "broken" } }), 500, "failed"),
    ] {
        let answer = post(&router, "/commands/Say", said.to_string()).await;
        let problem = answer.problem(status, kind);
        let seconds = matches!(status, 429 | 503).then_some("1");
        assert_eq!(answer.header("retry-after"), seconds, "{kind}");
        assert_eq!(problem["retry_after"].as_u64(), seconds.map(|_| 1), "{kind}");
    }
}

#[tokio::test]
async fn a_rejection_keeps_code_details_and_causes() {
    let router = router().await;
    let said = json!({ "rejected": {
        "message": "insufficient funds", "code": "funds", "details": { "missing": 30 }, "causes": ["poverty"],
    } });
    let problem = post(&router, "/commands/Say", said.to_string())
        .await
        .problem(422, "rejected");
    assert_eq!(problem["code"], "funds");
    assert_eq!(problem["details"], json!({ "missing": 30 }));
    assert_eq!(problem["causes"], json!(["poverty"]));
}

#[tokio::test]
async fn what_is_broken_or_away_is_told_to_nobody_but_the_log() {
    let router = router().await;
    for result in ["failed", "unavailable", "unknown_outcome", "overloaded"] {
        let said = json!({ result: { "message": "db.internal:5432 refuses" } });
        let answer = post(&router, "/commands/Say", said.to_string()).await;
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("db.internal"),
            "{answer:?}"
        );
    }
    let answer = post(
        &router,
        "/commands/Link",
        r#"{"first":"a","second":"b","panic":true}"#,
    )
    .await;
    let problem = answer.problem(500, "failed");
    assert!(problem["incident"].is_string());
    assert!(!problem.to_string().contains("secret"));
}

#[tokio::test]
async fn an_unknown_command_says_what_may_have_been_meant() {
    let router = router().await;
    let answer = post(&router, "/commands/todo/17/Creat", MILK).await;
    let problem = answer.problem(404, "unknown-command");
    assert_eq!(problem["suggestions"][0], "todo/Create");
    post(&router, "/commands/Create", MILK)
        .await
        .problem(404, "unknown-command");
}

#[tokio::test]
async fn a_payload_that_is_wrong_says_where() {
    let router = router().await;
    let answer = post(&router, "/commands/todo/17/Create", r#"{"title":7}"#).await;
    assert_eq!(answer.problem(400, "malformed")["path"], "/title");
    let answer = post(&router, "/commands/todo/17/Create", "{").await;
    assert_eq!(answer.problem(400, "malformed")["path"], "");
}

#[tokio::test]
async fn if_match_that_does_not_hold_is_a_failed_precondition() {
    let router = router().await;
    create(&router, "17").await;
    let complete = |tag: &'static str| {
        let router = router.clone();
        async move { post_with(&router, "/commands/todo/17/Complete", &[("if-match", tag)], "").await }
    };
    let stale = complete("\"3\"").await;
    stale.problem(412, "precondition-failed");
    assert_eq!(stale.header("etag"), Some("\"1\""), "where it is instead");
    assert_eq!(complete("\"1\"").await.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn if_none_match_asks_for_a_stream_that_does_not_exist() {
    let router = router().await;
    let create = |id: &str| {
        let (router, path) = (router.clone(), format!("/commands/todo/{id}/Create"));
        async move { post_with(&router, &path, &[("if-none-match", "*")], MILK).await }
    };
    assert_eq!(create("17").await.status, StatusCode::OK);
    create("17").await.problem(412, "precondition-failed");
}

#[tokio::test]
async fn a_precondition_of_a_command_without_a_target_makes_no_sense() {
    let router = router().await;
    let link = r#"{"first":"a","second":"b"}"#;
    let answer = post_with(&router, "/commands/Link", &[("if-match", "\"1\"")], link).await;
    answer.problem(400, "malformed");
}

#[tokio::test]
async fn a_repeated_idempotency_key_happens_once_and_answers_the_same() {
    let router = router().await;
    for key in ["0191b7f0-0000-7000-8000-000000000001", "\"order 17\""] {
        let headers = [("idempotency-key", key)];
        let path = format!("/commands/todo/{}/Create", key.len());
        let first = post_with(&router, &path, &headers, MILK).await.json();
        let mut second = post_with(&router, &path, &headers, MILK).await.json();
        assert_eq!(second["repeated"], true);
        second["repeated"] = false.into();
        assert_eq!(first, second);
    }
    let events = get(&router, "/events").await.json();
    assert_eq!(events["events"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_uuid_as_idempotency_key_is_the_command_id() {
    let router = router().await;
    let key = "0191b7f0-0000-7000-8000-000000000001";
    let answer = post_with(
        &router,
        "/commands/todo/17/Create",
        &[("idempotency-key", key)],
        MILK,
    )
    .await;
    assert_eq!(answer.json()["command_id"], key);
}

#[tokio::test]
async fn an_idempotency_key_that_was_used_for_something_else_is_refused() {
    let router = router().await;
    let headers = [("idempotency-key", "one")];
    post_with(&router, "/commands/todo/17/Create", &headers, MILK).await;
    let other = post_with(
        &router,
        "/commands/todo/17/Create",
        &headers,
        r#"{"title":"bread"}"#,
    )
    .await;
    other.problem(422, "key-reused");
}

#[tokio::test]
async fn ids_and_the_trace_come_in_by_headers_and_leave_with_the_events() {
    let router = router().await;
    let correlation = "0191b7f0-0000-7000-8000-000000000002";
    let causation = "0191b7f0-0000-7000-8000-000000000003";
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let headers = [
        ("correlation-id", correlation),
        ("causation-id", causation),
        ("traceparent", trace),
        ("tracestate", "vendor=1"),
    ];
    let answer = post_with(&router, "/commands/todo/17/Create", &headers, MILK).await;
    assert_eq!(answer.header("traceparent"), Some(trace));
    let event = &answer.json()["events"][0];
    assert_eq!(event["correlationid"], correlation);
    assert_eq!(event["causationid"], causation);
    assert_eq!(event["traceparent"], trace);
    assert_eq!(event["tracestate"], "vendor=1");
}

#[tokio::test]
async fn a_request_that_is_dropped_does_not_tear_its_command() {
    let store = GatedStore::new();
    let runtime = start(store.clone()).await;
    let mut events = runtime.subscribe(FeedFilter::ALL).await.unwrap();
    let router = Server::new(runtime).router();
    let headers = [("content-type", "application/json"), ("idempotency-key", "1")];
    let create = || {
        router
            .clone()
            .oneshot(request("POST", "/commands/todo/17/Create", &headers, MILK))
    };
    tokio::select! {
        _ = create() => panic!("it cannot have been answered"),
        () = store.arrived() => {}
    }
    store.open();
    assert_eq!(events.next().await.unwrap().events.len(), 1);
    let again = post_with(&router, "/commands/todo/17/Create", &headers[1..], MILK).await;
    assert_eq!(again.json()["repeated"], true);
}
