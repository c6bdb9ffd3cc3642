use axum::http::StatusCode;
use axum::middleware::from_fn;
use eventsourcing_server::{Identity, Server};

use crate::app::{app, router};
use crate::client::{get_with, post_with, request, send};

const PATH: &str = "/commands/todo/1/Create";
const MILK: &str = r#"{"title":"buy milk"}"#;

#[tokio::test]
async fn only_the_hosts_that_are_listed_are_answered_for() {
    let router = Server::new(app().await).hosts(["Todo.example.org"]).router();
    let status = |host: &'static str| {
        let router = router.clone();
        async move { get_with(&router, "/livez", &[("host", host)]).await }
    };
    for host in ["todo.example.org", "TODO.example.org:8443"] {
        assert_eq!(status(host).await.status, StatusCode::OK, "{host}");
    }
    for host in [
        "evil.example.org",
        "todo.example.org.evil.com",
        "",
        "localhost",
        "todo.example.org@evil.com:1:2",
    ] {
        status(host).await.problem(421, "foreign-host");
    }
    get_with(&router, "/livez", &[])
        .await
        .problem(421, "foreign-host");
    let two = [("host", "todo.example.org"), ("host", "evil.example.org")];
    get_with(&router, "/livez", &two)
        .await
        .problem(421, "foreign-host");
}

#[tokio::test]
async fn what_a_page_of_another_site_sends_is_refused() {
    let router = router().await;
    for origin in [
        "https://evil.example.org",
        "https://todo.example.org.evil.com",
        "https://todo.example.org:8443",
        "null",
        "",
        "todo.example.org",
    ] {
        let headers = [("host", "todo.example.org"), ("origin", origin)];
        post_with(&router, PATH, &headers, MILK)
            .await
            .problem(403, "foreign-origin");
        let upgrade = [
            headers[0],
            headers[1],
            ("upgrade", "websocket"),
            ("connection", "upgrade"),
        ];
        get_with(&router, "/ws", &upgrade)
            .await
            .problem(403, "foreign-origin");
    }
}

#[tokio::test]
async fn what_its_own_pages_send_is_taken_and_what_is_no_browser_too() {
    let router = router().await;
    for (id, headers) in [
        vec![
            ("host", "todo.example.org"),
            ("origin", "https://todo.example.org"),
        ],
        vec![
            ("host", "todo.example.org:443"),
            ("origin", "https://Todo.example.org"),
        ],
        vec![("host", "localhost:8080"), ("origin", "http://localhost:8080")],
        vec![("host", "todo.example.org")],
    ]
    .into_iter()
    .enumerate()
    {
        let answer = post_with(&router, &format!("/commands/todo/{id}/Create"), &headers, MILK).await;
        assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_are_let_in_if_they_are_listed() {
    let deny = from_fn(async |request, next: axum::middleware::Next| next.run(request).await);
    let server = Server::new(app().await).allow_origins(["https://app.example.org"]);
    let router = server.auth(deny).router();
    let preflight = [
        ("origin", "https://app.example.org"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,idempotency-key"),
    ];
    let answer = send(&router, request("OPTIONS", PATH, &preflight, "")).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "asked before there are credentials"
    );
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.org")
    );
    let refused = post_with(&router, PATH, &preflight[..1], MILK).await;
    refused.problem(401, "unauthenticated");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some("https://app.example.org")
    );
    let other = [("origin", "https://evil.example.org"), preflight[1]];
    let answer = send(&router, request("OPTIONS", PATH, &other, "")).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_handler_that_panics_answers_all_the_same() {
    let panic = from_fn(
        async |mut request: axum::extract::Request, next: axum::middleware::Next| {
            assert!(
                !request.headers().contains_key("x-panic"),
                "a secret of the program"
            );
            request.extensions_mut().insert(Identity::default());
            next.run(request).await
        },
    );
    let router = Server::new(app().await).auth(panic).router();
    let answer = get_with(&router, "/events", &[("x-panic", "1")]).await;
    let problem = answer.problem(500, "failed");
    assert!(!problem.to_string().contains("secret"));
}
