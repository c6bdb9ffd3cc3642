//! Who asks: found out by a layer in front of all routes, and by nothing behind it.

mod identity;
#[cfg(feature = "jwt")]
pub mod jwt;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

pub use identity::Identity;

use crate::problem::{Problem, ProblemKind};

/// Lets nobody through whom no layer has identified.
pub(crate) async fn require(request: Request, next: Next) -> Response {
    if request.extensions().get::<Identity>().is_some() {
        next.run(request).await
    } else {
        Problem::of(ProblemKind::Unauthenticated).into_response()
    }
}

/// Without authentication, everybody is the same: unless an application around the server knows better.
pub(crate) async fn assume(mut request: Request, next: Next) -> Response {
    request.extensions_mut().get_or_insert_default::<Identity>();
    next.run(request).await
}
