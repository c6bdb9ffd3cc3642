//! Queries over HTTP: `GET /queries/{name}` with the fields as parameters of the address, `POST /queries/{name}` with the fields as
//! JSON in the body. Both can be followed, as server-sent events.

mod answer;
mod live;
mod problem;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use eventsourcing::query::{WireParameters, WireQuery};

pub(crate) use problem::problem;

use crate::auth::Identity;
use crate::commands::{body, unreadable};
use crate::events::accepts;
use crate::prefer::{self, Wait};
use crate::problem::Problem;
use crate::shared::Shared;

/// Safe, cacheable, and all that an `EventSource` of a browser can ask with.
pub(crate) fn in_address() -> MethodRouter<Shared> {
    get(
        async |State(shared): State<Shared>,
               Extension(identity): Extension<Identity>,
               name: Result<Path<String>, PathRejection>,
               RawQuery(parameters): RawQuery,
               headers: HeaderMap| {
            let Path(name) = name.map_err(unreadable)?;
            let parameters = WireParameters::Form(parameters.unwrap_or_default());
            let asked = Asked::read(name, parameters, &identity, &headers, &shared)?;
            asked.answer(shared, &identity, &headers).await
        },
    )
}

/// For whatever the parameters of an address cannot say: lists, objects, and what is too long or too secret for logs.
pub(crate) fn in_body() -> MethodRouter<Shared> {
    post(
        async |State(shared): State<Shared>,
               Extension(identity): Extension<Identity>,
               name: Result<Path<String>, PathRejection>,
               request: Request| {
            let Path(name) = name.map_err(unreadable)?;
            let headers = request.headers().clone();
            let parameters = WireParameters::Json(body::read(request, shared.limits()).await?);
            let asked = Asked::read(name, parameters, &identity, &headers, &shared)?;
            asked.answer(shared, &identity, &headers).await
        },
    )
}

/// A query, and for how long somebody wants to wait for it.
struct Asked {
    query: WireQuery,
    wait: Option<Wait>,
}

impl Asked {
    fn read(
        name: String,
        parameters: WireParameters,
        identity: &Identity,
        headers: &HeaderMap,
        shared: &Shared,
    ) -> Result<Self, Problem> {
        let limits = shared.limits();
        let wait = Wait::read(headers, limits);
        let mut query = WireQuery::of(name, parameters);
        query.tenant = identity.tenant.clone();
        query.at = prefer::position(headers)?;
        query.within = Some(wait.map_or(limits.projection_timeout, |wait| wait.at_most));
        Ok(Self { query, wait })
    }

    async fn answer(
        self,
        shared: Shared,
        identity: &Identity,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        // Without a position there is nothing to wait for.
        let wait = self.wait.filter(|_| self.query.at.is_some());
        let mut response = if accepts(headers, "text/event-stream") {
            live::follow(shared, identity, &self.query, headers).await?
        } else {
            answer::once(&shared, &self.query, headers).await?
        };
        if let Some(wait) = wait {
            wait.applied(response.headers_mut());
        }
        Ok(response)
    }
}
