//! Events over HTTP: `GET /events` and `GET /streams/{id}` in pages, `GET /events` also as they are committed.

mod body;
mod cloud_event;
mod cursor;
mod page;
mod query;
mod rendered;
mod sse;
mod stream;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};

pub(crate) use body::json_with_events;
pub use cursor::{Cursor, InvalidCursor};
pub(crate) use rendered::RenderedEvents;
pub(crate) use stream::{head_of, is_known, stream};

use crate::auth::Identity;
use crate::problem::Problem;
use crate::shared::Shared;
use query::{Parameters, Wanted};

pub(crate) fn log() -> MethodRouter<Shared> {
    get(
        async |State(shared): State<Shared>,
               Extension(identity): Extension<Identity>,
               query: Result<Query<Parameters>, QueryRejection>,
               headers: HeaderMap|
               -> Result<Response, Problem> {
            let mut wanted = Wanted::read(query, shared.limits())?;
            if accepts(&headers, "text/event-stream") {
                wanted.resume(&headers)?;
                sse::follow(shared, &identity, wanted).await
            } else {
                page::answer(&shared, &identity.tenant, &wanted, &headers).await
            }
        },
    )
}

/// Whether a media type is asked for by its name.
pub(crate) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let essence = range.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case(media_type)
        })
}
