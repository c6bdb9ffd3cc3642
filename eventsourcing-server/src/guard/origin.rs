use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::host::authority;
use crate::problem::{Problem, ProblemKind};

/// The other sites whose pages may ask: `https://app.example.org`.
///
/// Browsers send what a page asks of another site, with the cookies of that site; and open a WebSocket to it. They tell where the
/// page came from. What is not a browser tells nothing, and is let through: it has no one else's cookies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(pub(crate) Arc<[String]>);

impl Origins {
    fn allow(&self, request: &Request) -> bool {
        if request.method().is_safe() && !request.headers().contains_key(header::UPGRADE) {
            return true;
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => origin
                .to_str()
                .is_ok_and(|origin| self.0.iter().any(|listed| listed == origin) || is_same(origin, request)),
            (Some(_), Some(_)) => false,
        }
    }
}

/// Whether a page comes from where it asks. Not by its scheme: a proxy in front may speak HTTPS for us.
fn is_same(origin: &str, request: &Request) -> bool {
    let (Ok(origin), Some(asked)) = (origin.parse::<Uri>(), authority(request)) else {
        return false;
    };
    let port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return false,
    };
    origin.authority().is_some_and(|origin| {
        origin.host().eq_ignore_ascii_case(asked.host())
            && origin.port_u16().unwrap_or(port) == asked.port_u16().unwrap_or(port)
    })
}

pub(crate) async fn check_origin(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    if origins.allow(&request) {
        next.run(request).await
    } else {
        Problem::of(ProblemKind::ForeignOrigin).into_response()
    }
}
