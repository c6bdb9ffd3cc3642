use std::convert::Infallible;
use std::future::pending;

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use eventsourcing::Position;
use eventsourcing::bus::BusSubscription;
use eventsourcing::store::{Checkpoint, FeedError, FeedPage};
use futures_util::stream;
use tokio::time::{Instant, sleep, sleep_until};

use super::Cursor;
use super::query::{After, Wanted};
use crate::auth::Identity;
use crate::problem::Problem;
use crate::shared::Shared;

/// After how many milliseconds an interrupted client connects again.
const RETRY: &str = "retry: 2000\n\n";
/// What nobody hears, and keeps the connection alive.
const STILL_HERE: &str = ":\n\n";

/// Events as they are committed: [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).
///
/// The id of each is the cursor behind it. Nothing is read ahead: who reads slowly costs memory neither here nor in the store,
/// and loses nothing.
pub(super) async fn follow(shared: Shared, identity: &Identity, wanted: Wanted) -> Result<Response, Problem> {
    let tenant = &identity.tenant;
    let bus = shared.runtime().bus_for(&wanted.filter)?;
    let end = bus.end(tenant).await?;
    let after = after(&wanted, end)?;
    let has_caught_up = after.map_or(Position::START, |after| after.position) == end.position;
    let events = bus
        .subscribe(tenant, after, wanted.filter)
        .with_max_bytes(shared.limits().page_bytes);
    let follower = Follower {
        shared,
        events,
        has_caught_up,
        expires: identity.expires(),
    };
    let mut greeting = RETRY.to_owned();
    if has_caught_up {
        greeting.push_str(&caught_up(Cursor(end)));
    }
    let first = stream::once(async { Ok(Bytes::from(greeting)) });
    let then = stream::unfold(Some(follower), |follower| async {
        let (text, follower) = follower?.next().await;
        Some((Ok::<_, Infallible>(text), follower))
    });
    let body = Body::from_stream(stream::StreamExt::chain(first, then));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // Asks proxies not to collect events before they pass them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, body).into_response())
}

/// Where to begin; an error if that is not in this log, while the client can still be told by a status.
fn after(wanted: &Wanted, end: Checkpoint) -> Result<Option<Checkpoint>, FeedError> {
    match wanted.after {
        After::Beginning => Ok(None),
        After::End => Ok(Some(end)),
        After::Checkpoint(checkpoint) => {
            checkpoint.check(end.store, end.position)?;
            Ok(Some(checkpoint))
        }
    }
}

struct Follower {
    shared: Shared,
    events: BusSubscription,
    has_caught_up: bool,
    /// When nobody vouches any more for whoever listens.
    expires: Option<Instant>,
}

impl Follower {
    /// What to send next; with nobody to go on, it is the last.
    async fn next(mut self) -> (Bytes, Option<Self>) {
        tokio::select! {
            biased;
            () = self.shared.closing() => (goodbye("the server is shutting down"), None),
            () = until(self.expires) => (goodbye("who you are has to be shown again"), None),
            page = self.events.next() => match page {
                Ok(page) => (self.write(&page), Some(self)),
                Err(error) => (ended(error), None),
            },
            () = sleep(self.shared.limits().keep_alive) => (STILL_HERE.into(), Some(self)),
        }
    }

    fn write(&mut self, page: &FeedPage) -> Bytes {
        let mut text = Vec::new();
        for event in &page.events {
            let cursor = Cursor(Checkpoint {
                position: event.position,
                ..page.scanned_to
            });
            text.extend_from_slice(format!("id: {cursor}\ndata: ").as_bytes());
            text.extend_from_slice(&self.shared.render(event));
            text.extend_from_slice(b"\n\n");
        }
        let cursor = Cursor(page.scanned_to);
        if !self.has_caught_up && page.is_last() {
            self.has_caught_up = true;
            text.extend_from_slice(caught_up(cursor).as_bytes());
        } else if page.events.is_empty() {
            // Without data it is no event, and the client remembers how far it has come.
            text.extend_from_slice(format!("id: {cursor}\n\n").as_bytes());
        }
        text.into()
    }
}

/// Waits for a moment, or for ever.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}

/// The client connects again.
fn goodbye(reason: &str) -> Bytes {
    format!("event: goodbye\ndata: {{\"reason\":\"{reason}\"}}\n\n").into()
}

/// Everything was sent that there was when it was asked for.
fn caught_up(cursor: Cursor) -> String {
    format!("event: caught_up\nid: {cursor}\ndata: {{}}\n\n")
}

/// The client is told why, and connects again.
fn ended(error: FeedError) -> Bytes {
    let problem = serde_json::to_string(&Problem::from(error)).unwrap_or_default();
    format!("event: ended\ndata: {problem}\n\n").into()
}
