use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use eventsourcing::query::{Revision, WireQuery};

use super::problem;
use crate::events::is_known;
use crate::prefer::write_position;
use crate::problem::Problem;
use crate::shared::Shared;

/// Asks a query once. Who has the result already is told just that.
pub(super) async fn once(
    shared: &Shared,
    query: &WireQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let answer = shared.runtime().queries().ask(query).await.map_err(problem)?;
    let tag = entity_tag(answer.revision);
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], answer.result).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    // Whoever keeps it asks each time whether it is still so.
    let own = HeaderValue::from_static("private, no-cache");
    headers.insert(header::CACHE_CONTROL, own);
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    write_position(headers, answer.position);
    Ok(response)
}

fn entity_tag(revision: Revision) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "digits in quotes are visible ASCII")]
    HeaderValue::try_from(format!("\"{revision}\"")).expect("a revision makes a header")
}
