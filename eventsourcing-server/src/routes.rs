//! Every route of the server, as data: the router is made of it, and so are the descriptions of it.

use axum::Router;
use axum::routing::MethodRouter;

use crate::shared::Shared;
use crate::{commands, events, health, openapi, queries, websocket};

/// A route of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The method that it takes.
    pub method: &'static str,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// What is there.
    pub kind: RouteKind,
}

/// What is at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteKind {
    /// A command over streams of its own choice.
    Command,
    /// A command of an aggregate.
    AggregateCommand,
    /// A query, whose fields are the parameters of the address.
    Query,
    /// A query, whose fields are in the body.
    QueryInBody,
    /// The events of the log, in pages or as they are committed.
    Events,
    /// The events of a stream, in pages.
    Stream,
    /// Commands, queries, results and events over a WebSocket.
    WebSocket,
    /// Whether the process lives.
    Live,
    /// Whether the service takes commands.
    Ready,
    /// All of this, described for tools.
    OpenApi,
}

/// Every route, besides static files.
pub const ROUTES: &[Route] = &[
    Route::post("/commands/{name}", RouteKind::Command),
    Route::post("/commands/{category}/{id}/{name}", RouteKind::AggregateCommand),
    Route::get("/queries/{name}", RouteKind::Query),
    Route::post("/queries/{name}", RouteKind::QueryInBody),
    Route::get("/events", RouteKind::Events),
    Route::get("/streams/{id}", RouteKind::Stream),
    Route::get("/ws", RouteKind::WebSocket),
    Route::get("/livez", RouteKind::Live),
    Route::get("/readyz", RouteKind::Ready),
    Route::get(openapi::PATH, RouteKind::OpenApi),
];

impl Route {
    const fn get(path: &'static str, kind: RouteKind) -> Self {
        Self {
            method: "GET",
            path,
            kind,
        }
    }

    const fn post(path: &'static str, kind: RouteKind) -> Self {
        Self {
            method: "POST",
            path,
            kind,
        }
    }

    /// Whether it is for those who watch the process.
    pub const fn is_probe(&self) -> bool {
        matches!(self.kind, RouteKind::Live | RouteKind::Ready)
    }

    fn handler(&self) -> MethodRouter<Shared> {
        match self.kind {
            RouteKind::Command => commands::over_streams(),
            RouteKind::AggregateCommand => commands::of_aggregate(),
            RouteKind::Query => queries::in_address(),
            RouteKind::QueryInBody => queries::in_body(),
            RouteKind::Events => events::log(),
            RouteKind::Stream => events::stream(),
            RouteKind::WebSocket => websocket::route(),
            RouteKind::Live => health::live(),
            RouteKind::Ready => health::ready(),
            RouteKind::OpenApi => openapi::route(),
        }
    }
}

/// The routes that a condition holds for.
pub(crate) fn router(wanted: impl Fn(&Route) -> bool) -> Router<Shared> {
    ROUTES
        .iter()
        .filter(|route| wanted(route))
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.handler())
        })
}
