//! Whoever asks: in the same process, without a socket.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Checks that it is a problem of this kind, and returns it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("https://docs.rs/eventsourcing-server#{kind}")
        );
        assert_eq!(problem["status"], status);
        assert_eq!(self.status.as_u16(), status);
        assert!(problem["title"].is_string());
        problem
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

/// A request with headers.
pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    headers
        .iter()
        .fold(
            Request::builder().method(method).uri(path),
            |request, (name, value)| request.header(*name, *value),
        )
        .body(body.into())
        .unwrap()
}

pub(crate) async fn get(router: &Router, path: &str) -> Answer {
    send(router, request("GET", path, &[], "")).await
}

pub(crate) async fn get_with(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(router, request("GET", path, headers, "")).await
}

/// Sends a command, as JSON.
pub(crate) async fn post(router: &Router, path: &str, payload: impl Into<Body>) -> Answer {
    post_with(router, path, &[], payload).await
}

pub(crate) async fn post_with(
    router: &Router,
    path: &str,
    headers: &[(&str, &str)],
    payload: impl Into<Body>,
) -> Answer {
    let mut request = request("POST", path, headers, payload);
    let json = "application/json".parse().unwrap();
    request.headers_mut().entry("content-type").or_insert(json);
    send(router, request).await
}

/// Creates a todo.
pub(crate) async fn create(router: &Router, id: &str) -> Answer {
    let answer = post(
        router,
        &format!("/commands/todo/{id}/Create"),
        r#"{"title":"buy milk"}"#,
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer
}

/// An event of a stream of server-sent events, or a comment without any of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) event: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) retry: Option<String>,
}

impl Sent {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.data.as_deref().expect("data")).unwrap()
    }

    /// The stream of the event that it is.
    pub(crate) fn subject(&self) -> String {
        self.json()["subject"].as_str().expect("a subject").to_owned()
    }

    fn read(block: &str) -> Self {
        let mut sent = Self::default();
        for line in block.lines() {
            let (field, value) = line.split_once(':').expect("a field");
            let value = Some(value.strip_prefix(' ').unwrap_or(value).to_owned());
            match field {
                "event" => sent.event = value,
                "id" => sent.id = value,
                "data" => sent.data = value,
                "retry" => sent.retry = value,
                other => assert_eq!(other, "", "an unknown field"),
            }
        }
        sent
    }
}

/// Somebody who waits for events.
#[derive(Debug)]
pub(crate) struct Listener {
    body: Body,
    text: String,
}

impl Listener {
    pub(crate) async fn connect(router: &Router, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = request("GET", path, headers, "");
        request
            .headers_mut()
            .insert("accept", "text/event-stream".parse().unwrap());
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// What comes next; nothing if it has ended.
    pub(crate) async fn next(&mut self) -> Option<Sent> {
        const PATIENCE: Duration = Duration::from_mins(1);
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let sent = Sent::read(block);
                self.text = rest.into();
                return Some(sent);
            }
            let frame = tokio::time::timeout(PATIENCE, self.body.frame()).await;
            let bytes = frame.expect("an event")?.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// What comes next, and is no mere sign of life.
    pub(crate) async fn something(&mut self) -> Sent {
        let sent = self.next().await.expect("not the end");
        assert_ne!(sent, Sent::default(), "nothing happens any more");
        sent
    }

    /// The next one that is an event of the log.
    pub(crate) async fn event(&mut self) -> Sent {
        loop {
            let sent = self.something().await;
            if sent.event.is_none() && sent.data.is_some() {
                return sent;
            }
        }
    }

    /// The next one that is called so.
    pub(crate) async fn named(&mut self, name: &str) -> Sent {
        loop {
            let sent = self.something().await;
            if sent.event.as_deref() == Some(name) {
                return sent;
            }
        }
    }
}
