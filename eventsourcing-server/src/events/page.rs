use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use eventsourcing::TenantId;
use eventsourcing::store::{EventStore as _, FeedPage, ReadFeed};
use serde::Serialize;

use super::body::{batch, json_with_events};
use super::query::{After, Wanted};
use super::{Cursor, accepts};
use crate::problem::Problem;
use crate::shared::Shared;

/// A page in JSON, save for its events.
#[derive(Serialize)]
struct Page {
    /// Where to go on.
    cursor: Cursor,
    /// Whether there was nothing more.
    caught_up: bool,
}

/// The next events, as an object, or as a batch of CloudEvents if that is asked for. The header `Link` says where those are
/// that follow, if there are more.
pub(super) async fn answer(
    shared: &Shared,
    tenant: &TenantId,
    wanted: &Wanted,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let page = read(shared, tenant, wanted).await?;
    let cursor = Cursor(page.scanned_to);
    let caught_up = page.is_last();
    let events = page.events.iter().map(|event| shared.render(event));
    let mut response = if accepts(headers, "application/cloudevents-batch+json") {
        batch(events)
    } else {
        json_with_events(&Page { cursor, caught_up }, events)
    };
    if !caught_up && let Ok(next) = HeaderValue::from_str(&format!("<{}>; rel=\"next\"", wanted.next(cursor)))
    {
        response.headers_mut().insert(header::LINK, next);
    }
    Ok(response)
}

async fn read(shared: &Shared, tenant: &TenantId, wanted: &Wanted) -> Result<FeedPage, Problem> {
    let bus = shared.runtime().bus_for(&wanted.filter)?;
    let after = match wanted.after {
        After::Beginning => None,
        After::Checkpoint(checkpoint) => Some(checkpoint),
        After::End => Some(bus.end(tenant).await?),
    };
    let read = ReadFeed {
        after,
        filter: wanted.filter.clone(),
        max_events: wanted.limit,
        max_bytes: shared.limits().page_bytes,
    };
    Ok(bus.store().tenant(tenant).log.read_feed(&read).await?)
}
