use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use eventsourcing::store::{EventStore as _, ReadError, ReadStream, ReadStreams};
use eventsourcing::{StreamId, TenantId, Version};

use super::page;
use super::query::{Parameters, Wanted};
use crate::auth::Identity;
use crate::commands::{entity_tag, no_stream, unreadable};
use crate::problem::{Problem, ProblemKind};
use crate::shared::Shared;

pub(crate) fn stream() -> MethodRouter<Shared> {
    get(
        async |State(shared): State<Shared>,
               Extension(identity): Extension<Identity>,
               path: Result<Path<String>, PathRejection>,
               query: Result<Query<Parameters>, QueryRejection>,
               headers: HeaderMap| {
            let Path(stream) = path.map_err(unreadable)?;
            let stream = StreamId::new(&stream).map_err(|error| no_stream(&error))?;
            let wanted = Wanted::read(query, shared.limits())?;
            answer(&shared, &identity.tenant, stream, wanted, &headers).await
        },
    )
}

async fn answer(
    shared: &Shared,
    tenant: &TenantId,
    stream: StreamId,
    mut wanted: Wanted,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    // Read before the events: so the tag is that of what is sent, or of less, and what is newer is never taken for known.
    let head = head_of(shared, tenant, &stream).await?;
    if head == Version::ABSENT {
        return Err(Problem::new(
            ProblemKind::NotFound,
            format!("there is no stream `{stream}`"),
        ));
    }
    if is_known(headers, &entity_tag(head)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, entity_tag(head))]).into_response());
    }
    wanted.within(stream)?;
    let mut response = page::answer(shared, tenant, &wanted, headers).await?;
    response.headers_mut().insert(header::ETAG, entity_tag(head));
    Ok(response)
}

/// The version of a stream.
pub(crate) async fn head_of(
    shared: &Shared,
    tenant: &TenantId,
    stream: &StreamId,
) -> Result<Version, ReadError> {
    let read = ReadStreams {
        streams: vec![ReadStream::head(stream.clone())],
        command: None,
    };
    let read = shared
        .runtime()
        .store_of(stream)
        .tenant(tenant)
        .log
        .read_streams(&read)
        .await?;
    Ok(read.slices.first().map_or(Version::ABSENT, |slice| slice.head))
}

/// Whether the client has what has this entity tag.
pub(crate) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag.as_bytes())
}
