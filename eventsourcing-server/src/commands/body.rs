//! The payload of a command.

use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use tokio::time::timeout;

use crate::problem::{Problem, ProblemKind};
use crate::settings::ServerLimits;

/// Reads the body, which says that it is JSON. Without a body, the payload is `{}`.
pub(crate) async fn read(request: Request, limits: &ServerLimits) -> Result<Bytes, Problem> {
    let is_json = says_json(request.headers())?;
    let body = timeout(limits.body_timeout, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| Problem::of(ProblemKind::TooSlow))?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("{} bytes are allowed", limits.body_bytes);
            Problem::new(ProblemKind::TooLarge, detail)
        }
        _ => Problem::new(ProblemKind::Malformed, rejection.body_text()),
    })?;
    match (body.is_empty(), is_json) {
        (true, _) => Ok(Bytes::from_static(b"{}")),
        (false, true) => Ok(body),
        (false, false) => Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "there is no header `Content-Type: application/json`",
        )),
    }
}

/// Whether the body says that it is JSON; an error if it says that it is something else.
fn says_json(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(false);
    };
    let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_json =
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    let is_utf8 = parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| charset.trim_matches('"') == "utf-8");
    if is_json && is_utf8 {
        return Ok(true);
    }
    Err(Problem::new(
        ProblemKind::UnsupportedMediaType,
        "`Content-Type` has to be `application/json`, in UTF-8",
    ))
}
