//! Requests at random.

use axum::body::Body;
use axum::http::Request;
use eventsourcing_server::ROUTES;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::board::router;
use crate::client::send;

/// A path that is more or less like one of the routes.
fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => "[a-z0-9-]{1,12}",
        2 => "[!-~]{0,12}",
        1 => "(%[0-9a-fA-F]{2}){0,6}",
        1 => Just("Create".to_owned()),
    ];
    let routes: Vec<_> = ROUTES.iter().map(|route| route.path).collect();
    let query = prop_oneof![
        2 => Just(String::new()),
        1 => "\\?(after|limit|type|category|stream)=[!-~]{0,20}",
        1 => "\\?[!-~]{0,30}",
    ];
    (proptest::sample::select(routes), vec(part, 3), query).prop_map(|(route, parts, query)| {
        let names = ["{category}", "{id}", "{name}"];
        let path = names
            .iter()
            .zip(&parts)
            .fold(route.to_owned(), |path, (name, part)| path.replace(name, part));
        path + &query
    })
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    const NAMES: &[&str] = &[
        "idempotency-key",
        "if-match",
        "if-none-match",
        "correlation-id",
        "causation-id",
        "traceparent",
        "tracestate",
        "last-event-id",
        "es-position",
        "prefer",
        "accept",
        "origin",
        "host",
        "upgrade",
        "content-length",
        "authorization",
        "cookie",
    ];
    let value = prop_oneof![
        "[ -~]{0,40}".prop_map(String::into_bytes),
        vec(0x20_u8..=0xff, 0..40)
    ];
    vec((proptest::sample::select(NAMES), value), 0..4)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        "[\\[\\]{}\",:a-z0-9 ]{0,100}".prop_map(String::into_bytes),
        Just(br#"{"title":"buy milk"}"#.to_vec()),
        Just(br#"{"first":"a","second":"b"}"#.to_vec()),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_nothing_breaks_and_each_refusal_is_a_problem(
        method in proptest::sample::select(&["GET", "POST", "HEAD", "PUT", "OPTIONS"][..]),
        path in path(),
        headers in headers(),
        content_type in proptest::sample::select(&["application/json", "text/plain"][..]),
        body in body(),
    ) {
        let request = headers
            .into_iter()
            .fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(name, value))
            .header("content-type", content_type)
            .body(Body::from(body));
        // What is no request at all, hyper does not let through.
        prop_assume!(request.is_ok());
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = threads.block_on(async { send(&router().await, request.unwrap()).await });
        prop_assert!(!answer.status.is_server_error(), "{answer:?}");
        if answer.status.is_client_error() {
            prop_assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
    }
}
