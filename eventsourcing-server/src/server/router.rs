use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{Server, files};
use crate::auth;
use crate::commands::{CAUSATION_ID, CORRELATION_ID, IDEMPOTENCY_KEY, TRACEPARENT, TRACESTATE};
use crate::guard::{Hosts, Origins, check_host, check_origin};
use crate::openapi::{self, Access};
use crate::prefer::{ES_POSITION, PREFER, PREFERENCE_APPLIED};
use crate::problem::{Problem, ProblemKind};
use crate::routes;
use crate::shared::Shared;

impl Server {
    /// All routes, to be nested in an application of one's own: `Router::new().nest("/api", server.router())`.
    ///
    /// Where it listens, and to whom, is then the concern of that application: `bind` and the limits of connections do nothing. A
    /// layer around it may say who asks, as one that is given to [`auth`](Self::auth). Event streams end when the service
    /// [shuts down](eventsourcing::service::Runtime::shutdown).
    pub fn router(self) -> Router {
        self.assemble(false).0
    }

    /// `loopback` is whether it answers for this machine alone, unless it is told otherwise.
    pub(super) fn assemble(self, loopback: bool) -> (Router, Shared) {
        let access = Access {
            authenticated: self.authenticate.is_some(),
            public_probes: self.public_probes,
        };
        let openapi = openapi::document(&self.runtime.describe(), access);
        let shared = Shared::new(self.runtime, self.limits, openapi);
        let (public_files, files) = match self.files {
            Some(files) if files.public => (Some(files::serve(&files.folder)), None),
            Some(files) => (None, Some(files::serve(&files.folder))),
            None => (None, None),
        };
        let is_public = |route: &routes::Route| self.public_probes && route.is_probe();

        let mut router = routes::router(|route| !is_public(route))
            .method_not_allowed_fallback(async || Problem::of(ProblemKind::MethodNotAllowed))
            .fallback(async || Problem::of(ProblemKind::NotFound))
            .with_state(shared.clone());
        if let Some(files) = files {
            router = router.fallback_service(files);
        }
        router = match self.authenticate {
            Some(authenticate) => authenticate(router.layer(from_fn(auth::require))),
            None => router.layer(from_fn(auth::assume)),
        };
        router = router.merge(routes::router(is_public).with_state(shared.clone()));
        if let Some(files) = public_files {
            router = router.fallback_service(files);
        }

        let origins = Origins(self.origins.into());
        let hosts = Hosts {
            listed: self.hosts.into(),
            loopback,
        };
        let router = router
            .layer(DefaultBodyLimit::max(shared.limits().body_bytes))
            .layer(from_fn_with_state(origins.clone(), check_origin))
            .layer(cors(&origins))
            .layer(from_fn_with_state(hosts, check_host))
            .layer(header(header::CACHE_CONTROL, "no-store"))
            .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(CatchPanicLayer::custom(panicked));
        (router, shared)
    }
}

/// A header of every response that does not say otherwise itself.
pub(super) fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Tells browsers which pages of other sites may read the answers: none, unless they are listed.
fn cors(origins: &Origins) -> tower::util::Either<CorsLayer, tower::layer::util::Identity> {
    let origins: Vec<_> = origins
        .0
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    if origins.is_empty() {
        return tower::util::Either::Right(tower::layer::util::Identity::new());
    }
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("last-event-id"),
            IDEMPOTENCY_KEY,
            CORRELATION_ID,
            CAUSATION_ID,
            TRACEPARENT,
            TRACESTATE,
            ES_POSITION,
            PREFER,
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::RETRY_AFTER,
            TRACEPARENT,
            ES_POSITION,
            PREFERENCE_APPLIED,
        ])
        .max_age(Duration::from_mins(10));
    tower::util::Either::Left(cors)
}

#[expect(clippy::needless_pass_by_value, reason = "this is how the layer calls it")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::failed(text.unwrap_or("a panic without a message")).into_response()
}
