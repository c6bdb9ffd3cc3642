//! Queries over HTTP, once and live.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::projection::{OnFailure, ProjectionPolicy};
use eventsourcing::service::Runtime;
use eventsourcing_server::{Server, ServerLimits};
use schemars::JsonSchema;
use serde_json::json;

use crate::app::{Todo, TodoEvent, start};
use crate::auth::by_name;
use crate::board::{board, router};
use crate::client::{Listener, create, get, get_with, post, post_with};

const LIST: &str = "/queries/ListTodos";

/// Creates a todo, and waits until it is in the list. Says where it is.
async fn created(router: &Router, id: &str) -> String {
    let path = format!("/commands/todo/{id}/Create");
    let answer = post_with(router, &path, &[("prefer", "wait=60")], r#"{"title":"buy milk"}"#).await;
    assert_eq!(answer.header("preference-applied"), Some("wait=60"), "{answer:?}");
    answer.header("es-position").expect("a position").to_owned()
}

#[tokio::test]
async fn the_fields_of_a_query_are_parameters_or_a_body() {
    let router = router().await;
    let position = created(&router, "1").await;
    let row = json!({ "todo": "1", "title": "buy milk", "done": false });
    for answer in [
        get(&router, LIST).await,
        get(&router, &format!("{LIST}?done=false")).await,
        post(&router, LIST, "").await,
        post(&router, LIST, r#"{"done":false}"#).await,
    ] {
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("es-position"), Some(&*position));
        assert_eq!(answer.json(), json!([row]));
    }
    assert_eq!(get(&router, &format!("{LIST}?done=true")).await.json(), json!([]));
    assert_eq!(get(&router, "/queries/TodoOf?todo=1").await.json(), row);
}

#[tokio::test]
async fn what_has_been_done_is_in_the_answer_to_a_query_at_its_position() {
    let router = router().await;
    for number in 1..=20 {
        let done = create(&router, &number.to_string()).await;
        let position = done.header("es-position").expect("a position").to_owned();
        assert_eq!(position, done.json()["position"].to_string());
        let headers = [("es-position", &*position), ("prefer", "wait=60")];
        let answer = get_with(&router, LIST, &headers).await;
        assert_eq!(answer.json().as_array().unwrap().len(), number);
        assert_eq!(answer.header("preference-applied"), Some("wait=60"));
    }
}

#[tokio::test]
async fn a_position_that_is_not_reached_in_time_is_said() {
    let router = Server::new(stuck(MemoryStore::new()).await).router();
    create(&router, "1").await;
    for headers in [
        [("es-position", "1"), ("prefer", "wait=0")],
        [("es-position", "1"), ("prefer", "handling=strict, wait=0")],
    ] {
        let answer = get_with(&router, STUCK, &headers).await;
        let problem = answer.problem(503, "lagging");
        assert_eq!(problem["detail"], "the projections have not come to position 1");
        assert_eq!(problem["class"], "retry");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.header("preference-applied"), None);
    }
}

#[tokio::test]
async fn nobody_waits_for_longer_than_the_server_allows() {
    let limits = ServerLimits {
        projection_timeout: Duration::ZERO,
        ..ServerLimits::default()
    };
    let router = Server::new(stuck(MemoryStore::new()).await)
        .limits(limits)
        .router();
    create(&router, "1").await;
    for headers in [
        &[("es-position", "1")][..],
        &[("es-position", "1"), ("prefer", "wait=9999")],
    ] {
        get_with(&router, STUCK, headers).await.problem(503, "lagging");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_position_behind_the_end_of_the_log() {
    let router = router().await;
    created(&router, "1").await;
    for prefer in ["wait=0", "wait=9999", "handling=strict"] {
        for accept in ["*/*", "text/event-stream"] {
            let headers = [("es-position", "2"), ("prefer", prefer), ("accept", accept)];
            for answer in [
                get_with(&router, LIST, &headers).await,
                post_with(&router, LIST, &headers, "{}").await,
            ] {
                let problem = answer.problem(410, "foreign-cursor");
                assert_eq!(problem["detail"], "there is no position 2: the log ends at 1");
                assert_eq!(problem["class"], "rejected");
                assert_eq!(answer.header("preference-applied"), None);
            }
        }
    }
}

#[tokio::test]
async fn a_command_whose_projections_do_not_run_has_happened_all_the_same() {
    let router = Server::new(board().await).auth(from_fn(by_name)).router();
    let headers = [("x-name", "ada"), ("x-org", "umbrella"), ("prefer", "wait=60")];
    let answer = post_with(&router, "/commands/todo/1/Create", &headers, r#"{"title":"x"}"#).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("preference-applied"), None);
}

#[tokio::test]
async fn who_has_the_result_is_not_sent_it_again() {
    let router = router().await;
    created(&router, "1").await;
    let answer = get(&router, LIST).await;
    let tag = answer.header("etag").expect("a tag").to_owned();
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    // Something happens, and nothing that is in the result.
    let link = r#"{"first":"1","second":"2"}"#;
    post_with(&router, "/commands/Link", &[("prefer", "wait=60")], link).await;
    let known = get_with(&router, LIST, &[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, &known.body[..]),
        (StatusCode::NOT_MODIFIED, &b""[..])
    );
    assert_eq!(known.header("etag"), Some(&*tag));
    created(&router, "2").await;
    let changed = get_with(&router, LIST, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.json().as_array().unwrap().len(), 2);
    assert_ne!(changed.header("etag"), Some(&*tag));
}

#[tokio::test]
async fn what_is_wrong_with_a_query_is_told() {
    let router = router().await;
    let unknown = get(&router, "/queries/ListTodo")
        .await
        .problem(404, "unknown-query");
    assert_eq!(unknown["suggestions"], json!(["ListTodos"]));
    let refused = get(&router, "/queries/TodoOf?todo=7")
        .await
        .problem(422, "refused");
    assert_eq!(refused["detail"], "there is no such todo");
    get(&router, &format!("{LIST}?done=perhaps"))
        .await
        .problem(400, "malformed");
    get(&router, "/queries/TodoOf").await.problem(400, "malformed");
    let body = post(&router, LIST, r#"{"done":7}"#)
        .await
        .problem(400, "malformed");
    assert_eq!(body["path"], "/done");
    get_with(&router, LIST, &[("es-position", "soon")])
        .await
        .problem(400, "malformed");
    for number in 0..60 {
        created(&router, &number.to_string()).await;
    }
    let large = get(&router, LIST).await.problem(422, "refused");
    assert!(
        large["detail"].as_str().unwrap().ends_with("2000 are allowed"),
        "{large}"
    );
}

#[tokio::test]
async fn hostile_queries_are_refused_and_tell_no_secrets() {
    let router = router().await;
    post(&router, LIST, "[".repeat(100_000))
        .await
        .problem(400, "malformed");
    let large = vec![b' '; 1024 * 1024 + 1];
    post(&router, LIST, large).await.problem(413, "too-large");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    post_with(&router, LIST, &form, "done=true")
        .await
        .problem(415, "unsupported-media-type");
    let twice = get(&router, &format!("{LIST}?done=true&done=false")).await;
    twice.problem(400, "malformed");
    let panicked = get(&router, &format!("{LIST}?panic=true")).await;
    let problem = panicked.problem(500, "failed");
    assert!(problem["incident"].is_string());
    assert!(!problem.to_string().contains("secret"));
}

#[tokio::test]
async fn one_tenant_sees_nothing_of_another() {
    let router = Server::new(board().await).auth(from_fn(by_name)).router();
    let acme = [("x-name", "ada"), ("x-org", "acme"), ("prefer", "wait=60")];
    post_with(&router, "/commands/todo/1/Create", &acme, r#"{"title":"x"}"#).await;
    assert_eq!(
        get_with(&router, LIST, &acme)
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let others = get_with(&router, LIST, &[("x-name", "bob")]).await;
    assert_eq!(others.json(), json!([]));
    get(&router, LIST).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_result_comes_first_and_then_each_that_differs() {
    let router = router().await;
    let mut live = Listener::connect(&router, LIST, &[]).await;
    assert_eq!(live.next().await.unwrap().retry.as_deref(), Some("2000"));
    assert_eq!(live.event().await.json(), json!([]));
    created(&router, "1").await;
    assert_eq!(live.event().await.json()[0]["todo"], "1");
    post(&router, "/commands/Link", r#"{"first":"1","second":"2"}"#).await;
    post(&router, "/commands/todo/1/Complete", "").await;
    assert_eq!(live.event().await.json(), json!([]), "it is done");
}

#[tokio::test]
async fn whoever_was_interrupted_hears_nothing_if_nothing_has_changed() {
    let router = router().await;
    created(&router, "1").await;
    let mut live = Listener::connect(&router, LIST, &[]).await;
    let last = live.event().await.id.unwrap();
    drop(live);
    post_with(
        &router,
        "/commands/Link",
        &[("prefer", "wait=60")],
        r#"{"first":"1","second":"2"}"#,
    )
    .await;
    let mut live = Listener::connect(&router, LIST, &[("last-event-id", &last)]).await;
    assert_eq!(live.next().await.unwrap().retry.as_deref(), Some("2000"));
    created(&router, "2").await;
    assert_eq!(live.event().await.json().as_array().unwrap().len(), 2);
    let wrong = [("accept", "text/event-stream"), ("last-event-id", "7")];
    get_with(&router, LIST, &wrong).await.problem(400, "malformed");
}

#[tokio::test]
async fn a_live_query_without_an_answer_is_told_by_a_status() {
    let router = router().await;
    let accept = [("accept", "text/event-stream")];
    get_with(&router, "/queries/TodoOf?todo=7", &accept)
        .await
        .problem(422, "refused");
    get_with(&router, "/queries/Nothing", &accept)
        .await
        .problem(404, "unknown-query");
}

#[tokio::test]
async fn more_live_queries_than_allowed_are_refused() {
    let router = router().await;
    created(&router, "1").await;
    let mut live = Vec::new();
    for path in [
        LIST,
        LIST,
        "/queries/ListTodos?done=true",
        "/queries/TodoOf?todo=1",
    ] {
        live.push(Listener::connect(&router, path, &[]).await);
    }
    created(&router, "2").await;
    let accept = [("accept", "text/event-stream")];
    get_with(&router, "/queries/TodoOf?todo=2", &accept)
        .await
        .problem(429, "overloaded");
    // Once is no matter.
    assert_eq!(
        get(&router, "/queries/TodoOf?todo=2").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_service_that_shuts_down_says_goodbye() {
    let runtime = board().await;
    let router = Server::new(runtime.clone()).router();
    let mut live = Listener::connect(&router, LIST, &[]).await;
    live.event().await;
    runtime.shutdown(Duration::from_secs(10)).await.unwrap();
    live.named("goodbye").await;
    assert_eq!(live.next().await, None);
}

/// Stands still before the first todo.
#[derive(Default)]
struct Stuck;

#[derive(Row, Serialize, JsonSchema)]
#[row(table = "stuck")]
struct StuckRow {
    #[key]
    title: String,
}

#[projection(name = "stuck", version = 1, row = StuckRow)]
impl Stuck {
    #[on(TodoEvent::Created)]
    fn created(&self, rows: &mut Rows<StuckRow>) -> Result<(), &'static str> {
        rows.entry("title");
        Err("nobody likes titles")
    }
}

#[derive(Query, Serialize, Deserialize, JsonSchema)]
#[query(result = Vec<StuckRow>, of(Stuck))]
struct ListStuck {}

impl QueryLogic for ListStuck {
    async fn answer(&self, read: &Reading<Self>) -> Result<Vec<StuckRow>, NoAnswer> {
        Ok(read.rows().all().await?)
    }
}

#[service(aggregates(Todo), projections(Stuck), queries(ListStuck))]
struct StuckApp;

const STUCK: &str = "/queries/ListStuck";

/// A service whose projection tries an event that it does not like for ever.
async fn stuck(store: MemoryStore) -> Runtime {
    let policy = ProjectionPolicy::default()
        .on_failure(OnFailure::Stop)
        .with_attempts(u32::MAX);
    let builder = StuckApp::builder(store).projection_policy(policy);
    builder.start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_half_built_is_not_shown() {
    let store = MemoryStore::new();
    create(&Server::new(start(store.clone()).await).router(), "1").await;
    let router = Server::new(stuck(store).await).router();
    for headers in [&[][..], &[("accept", "text/event-stream")]] {
        let answer = get_with(&router, STUCK, headers).await;
        let problem = answer.problem(503, "not-ready");
        assert_eq!(problem["progress"], json!({ "position": 0, "end": 1 }));
        assert_eq!(problem["class"], "retry");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.ends_with("up to position 0 of 1"), "{detail}");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let ready = get(&router, "/readyz").await;
    assert_eq!(ready.status, StatusCode::OK, "commands are decided");
    assert_eq!(ready.json()["projections"][0]["ready"], false);
}
