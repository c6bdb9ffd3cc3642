//! What all [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html) have in common.

use std::convert::Infallible;
use std::future::pending;

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::Stream;
use tokio::time::{Instant, sleep_until};

use crate::problem::Problem;

/// After how many milliseconds an interrupted client connects again.
pub(crate) const RETRY: &str = "retry: 2000\n\n";
/// What nobody hears, and keeps the connection alive.
pub(crate) const STILL_HERE: &str = ":\n\n";

/// A response that goes on for as long as there is anything to send.
pub(crate) fn response(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    use futures_util::StreamExt as _;

    let body = Body::from_stream(events.map(Ok::<_, Infallible>));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // Asks proxies not to collect events before they pass them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

/// The client connects again.
pub(crate) fn goodbye(reason: &str) -> Bytes {
    format!("event: goodbye\ndata: {{\"reason\":\"{reason}\"}}\n\n").into()
}

/// The client is told why, and connects again.
pub(crate) fn ended(problem: &Problem) -> Bytes {
    let problem = serde_json::to_string(problem).unwrap_or_default();
    format!("event: ended\ndata: {problem}\n\n").into()
}

/// Waits for a moment, or for ever.
pub(crate) async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
