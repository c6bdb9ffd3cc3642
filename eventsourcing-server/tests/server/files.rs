use axum::Router;
use axum::http::StatusCode;
use eventsourcing_server::Server;
use tempfile::TempDir;

use crate::app::app;
use crate::client::{get, post, request, send};

async fn site() -> (TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("page/index.html", "<p>hello"),
        ("page/app.js", "1"),
        ("page/.env", "KEY=1"),
        ("key", "1"),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let router = Server::new(app().await)
        .static_files(folder.path().join("page"))
        .router();
    (folder, router)
}

#[tokio::test]
async fn files_are_served_beside_the_routes() {
    let (_folder, router) = site().await;
    let page = get(&router, "/").await;
    assert_eq!(page.body, "<p>hello");
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert_eq!(get(&router, "/app.js").await.body, "1");
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_asked_for_again() {
    let (_folder, router) = site().await;
    let page = get(&router, "/").await;
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'self'")
    );
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let headers = [("if-modified-since", page.header("last-modified").unwrap())];
    let again = send(&router, request("GET", "/", &headers, "")).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn nothing_outside_of_the_folder_and_nothing_hidden_is_served() {
    let (_folder, router) = site().await;
    for path in [
        "/../key",
        "/%2e%2e/key",
        "/..%2fkey",
        "/..%5ckey",
        "/.env",
        "/%2Eenv",
        "/x/../.env",
        "/nothing",
        "/app.js%00",
        "//etc/passwd",
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {answer:?}");
    }
    post(&router, "/app.js", "{}").await.problem(404, "not-found");
}
