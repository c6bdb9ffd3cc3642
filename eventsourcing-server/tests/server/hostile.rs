use axum::http::StatusCode;

use crate::app::router;
use crate::client::{create, get, post, post_with, request, send};

#[tokio::test]
async fn deep_json_is_refused_before_it_is_parsed() {
    let router = router().await;
    let deep = "[".repeat(100_000);
    let answer = post(&router, "/commands/todo/17/Create", deep).await;
    let problem = answer.problem(400, "malformed");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("levels of a JSON payload")
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read_to_its_end() {
    let router = router().await;
    let large = vec![b' '; 1024 * 1024 + 1];
    post(&router, "/commands/todo/17/Create", large)
        .await
        .problem(413, "too-large");
}

#[tokio::test]
async fn only_json_is_taken() {
    let router = router().await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=latin1",
        "",
    ] {
        let headers = [("content-type", content_type)];
        let answer = post_with(&router, "/commands/todo/17/Create", &headers, r#"{"title":"x"}"#).await;
        answer.problem(415, "unsupported-media-type");
    }
    let unsaid = request("POST", "/commands/todo/17/Create", &[], r#"{"title":"x"}"#);
    send(&router, unsaid).await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn json_by_another_name_is_taken() {
    let router = router().await;
    for (id, content_type) in [
        ("1", "Application/JSON; charset=UTF-8"),
        ("2", "application/merge-patch+json"),
    ] {
        let path = format!("/commands/todo/{id}/Create");
        let answer = post_with(
            &router,
            &path,
            &[("content-type", content_type)],
            r#"{"title":"x"}"#,
        )
        .await;
        assert_eq!(answer.status, StatusCode::OK, "{content_type}");
    }
}

#[tokio::test]
async fn what_is_not_utf_8_or_not_json_is_refused() {
    let router = router().await;
    for body in [
        &b"{\"title\":\"\xff\xfe\"}"[..],
        b"\xef\xbb\xbf{}",
        b"{\"title\":\"x\"} x",
        b"NaN",
        b"\0",
        b"{\"title\":\"\\ud800\"}",
    ] {
        let answer = post(&router, "/commands/todo/17/Create", body).await;
        answer.problem(400, "malformed");
    }
}

#[tokio::test]
async fn targets_that_are_none_are_refused() {
    let router = router().await;
    let long = "x".repeat(300);
    for path in [
        "/commands/Todo/17/Create",
        "/commands/to%2Ddo%00/17/Create",
        "/commands/todo/%0A/Create",
        "/commands/todo/%FF/Create",
        &format!("/commands/todo/{long}/Create"),
        &format!("/commands/{long}/17/Create"),
    ] {
        post(&router, path, "{}").await.problem(400, "malformed");
    }
    for path in [
        "/streams/Todo-1",
        "/streams/todo-%00",
        "/streams/%FF",
        "/streams/todo-",
    ] {
        get(&router, path).await.problem(400, "malformed");
    }
}

#[tokio::test]
async fn keys_may_hold_what_a_path_has_to_encode() {
    let router = router().await;
    let id = "a%2Fb%20%3F%23%25%C3%B6..";
    create(&router, id).await;
    let stream = get(&router, &format!("/streams/todo-{id}")).await;
    assert_eq!(stream.json()["events"][0]["subject"], "todo-a/b ?#%ö..");
}

#[tokio::test]
async fn names_that_nobody_knows_are_not_found() {
    let router = router().await;
    let long = format!("/commands/{}", "x".repeat(10_000));
    for path in [
        long.as_str(),
        "/commands/..%2F..%2Fetc",
        "/commands/%F0%9F%A6%80",
        "/commands/__proto__",
    ] {
        post(&router, path, "{}").await.problem(404, "unknown-command");
    }
    for path in [
        "/",
        "/commands",
        "/commands/todo/17",
        "/streams",
        "/eventsx",
        "//events",
        "/events/",
    ] {
        post(&router, path, "{}").await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn methods_that_are_not_taken_are_named() {
    let router = router().await;
    let answer = get(&router, "/commands/Link").await;
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
    for method in ["DELETE", "PUT", "PATCH", "TRACE", "BREW"] {
        let answer = send(&router, request(method, "/events", &[], "")).await;
        answer.problem(405, "method-not-allowed");
    }
}

#[tokio::test]
async fn headers_that_make_no_sense_are_refused() {
    let router = router().await;
    for header in [
        ("idempotency-key", ""),
        ("idempotency-key", "\"unclosed"),
        ("if-match", "*"),
        ("if-match", "W/\"1\""),
        ("if-match", "\"-1\""),
        ("if-match", "\"18446744073709551616\""),
        ("if-none-match", "\"1\""),
        ("correlation-id", "17"),
        ("causation-id", "0191b7f0-0000-7000-8000-00000000000g"),
    ] {
        let answer = post_with(&router, "/commands/todo/17/Create", &[header], r#"{"title":"x"}"#).await;
        let problem = answer.problem(400, "malformed");
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .contains(header.0),
            "{problem} names {}",
            header.0
        );
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let answer = post_with(&router, "/commands/todo/17/Create", &twice, r#"{"title":"x"}"#).await;
    answer.problem(400, "malformed");
}

#[tokio::test]
async fn headers_of_others_decide_neither_who_asks_nor_whose_data_it_is() {
    let router = router().await;
    let headers = [("actor", "root"), ("x-tenant", "acme"), ("tenant", "acme")];
    let answer = post_with(&router, "/commands/todo/17/Create", &headers, r#"{"title":"x"}"#).await;
    let event = &answer.json()["events"][0];
    assert!(event.get("actor").is_none());
    assert!(event.get("tenantid").is_none());
}

#[tokio::test]
async fn queries_that_make_no_sense_are_refused() {
    let router = router().await;
    let many = "type=a&".repeat(101);
    for query in [
        "after=17",
        "after=",
        "after=end&after=end",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=99999999999999999999999",
        "tpye=todo.Created",
        "category=Todo",
        "stream=-",
        "stream=%FF",
        &many,
    ] {
        get(&router, &format!("/events?{query}"))
            .await
            .problem(400, "malformed");
    }
    create(&router, "17").await;
    get(&router, "/streams/todo-17?stream=todo-18")
        .await
        .problem(400, "malformed");
}

#[tokio::test]
async fn what_is_answered_is_neither_kept_nor_guessed_at() {
    let router = router().await;
    for answer in [get(&router, "/events").await, get(&router, "/nothing").await] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let router = router().await;
    let never = axum::body::Body::from_stream(futures_util::stream::pending::<
        Result<axum::body::Bytes, std::io::Error>,
    >());
    post(&router, "/commands/todo/17/Create", never)
        .await
        .problem(408, "too-slow");
}
