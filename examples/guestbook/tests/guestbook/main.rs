//! The site as its visitors see it.

#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use eventsourcing::memory::MemoryStore;
use guestbook::guestbook::GuestBook;
use guestbook::site;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

struct Site(Router);

impl Site {
    async fn open() -> Self {
        let book = GuestBook::builder(MemoryStore::new()).start().await.unwrap();
        Self(site(&book))
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        content_type: &str,
        body: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", cookie)
            .header("content-type", content_type)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let (head, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.status, head.headers, String::from_utf8(body.into()).unwrap())
    }

    /// Signs somebody in, and returns the cookie of the session.
    async fn sign_in(&self, name: &str) -> String {
        let (status, headers, _) = self
            .ask("POST", "/sign-in", "", FORM, &format!("name={name}"))
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let cookie = headers["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Sends a command to the guest book.
    async fn command(&self, cookie: &str, path: &str, payload: &str) -> (StatusCode, Value) {
        let path = format!("/api/commands/entry/{path}");
        let (status, _, body) = self.ask("POST", &path, cookie, JSON, payload).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

#[tokio::test]
async fn the_application_has_its_own_routes_beside_the_guest_book() {
    let site = Site::open().await;
    let (status, _, page) = site.ask("GET", "/", "", FORM, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Welcome to the museum"));
}

#[tokio::test]
async fn strangers_neither_read_nor_write() {
    let site = Site::open().await;
    for path in ["/api/events", "/api/readyz", "/api/nothing"] {
        let (status, _, _) = site.ask("GET", path, "", JSON, "").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (status, _) = site.command("", "1/WriteEntry", r#"{"text": "hello"}"#).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let forged = "session=00000000-0000-4000-8000-000000000000";
    let (status, _) = site.command(forged, "1/WriteEntry", r#"{"text": "hello"}"#).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _, _) = site.ask("POST", "/entries", "", FORM, "text=hello").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn visitors_write_in_their_own_name_by_the_api_and_by_a_form() {
    let site = Site::open().await;
    let ada = site.sign_in("ada").await;
    let (status, _) = site
        .command(&ada, "1/WriteEntry", r#"{"text": "so many engines"}"#)
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, _, _) = site
        .ask("POST", "/entries", &ada, FORM, "text=I+will+be+back")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);

    let (_, _, log) = site.ask("GET", "/api/events", &ada, JSON, "").await;
    let log: Value = serde_json::from_str(&log).unwrap();
    for (event, text) in [(0, "so many engines"), (1, "I will be back")] {
        let event = &log["events"][event];
        assert_eq!(event["actor"], "ada");
        assert_eq!(event["data"]["by"], "ada");
        assert_eq!(event["data"]["text"], text);
    }
}

#[tokio::test]
async fn the_domain_says_no_to_both_in_the_same_words() {
    let site = Site::open().await;
    let ada = site.sign_in("ada").await;
    let (status, problem) = site.command(&ada, "1/WriteEntry", r#"{"text": " "}"#).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["detail"], "an entry says something");
    let (status, _, said) = site.ask("POST", "/entries", &ada, FORM, "text=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(said, "an entry says something");
}

#[tokio::test]
async fn entries_are_taken_back_by_those_who_wrote_them() {
    let site = Site::open().await;
    let (ada, bob) = (site.sign_in("ada").await, site.sign_in("bob").await);
    site.command(&ada, "1/WriteEntry", r#"{"text": "hello"}"#).await;
    let (status, problem) = site.command(&bob, "1/WithdrawEntry", "{}").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        problem["detail"],
        "only who has written an entry can take it back"
    );
    for status in [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY] {
        assert_eq!(site.command(&ada, "1/WithdrawEntry", "{}").await.0, status);
    }
}
