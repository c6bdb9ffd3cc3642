use axum::response::Response;
use bytes::Bytes;
use eventsourcing::Position;
use eventsourcing::bus::BusSubscription;
use eventsourcing::store::{Checkpoint, FeedError, FeedPage};
use futures_util::stream;
use tokio::time::{Instant, sleep};

use super::Cursor;
use super::query::{After, Wanted};
use crate::auth::Identity;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::sse::{self, RETRY, STILL_HERE, ended, goodbye, until};

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
    let first = stream::once(async { Bytes::from(greeting) });
    let then = stream::unfold(Some(follower), |follower| async { Some(follower?.next().await) });
    Ok(sse::response(stream::StreamExt::chain(first, then)))
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
                Err(error) => (ended(&error.into()), None),
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

/// Everything was sent that there was when it was asked for.
fn caught_up(cursor: Cursor) -> String {
    format!("event: caught_up\nid: {cursor}\ndata: {{}}\n\n")
}
