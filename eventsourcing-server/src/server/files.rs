use std::env;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::{Method, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeDir;

use super::router::header;
use crate::problem::{Problem, ProblemKind};

/// Pages load what they need from where they come from, and nothing inline: what a user writes does not become a script.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The files of a folder; `index.html` for the folder itself.
pub(super) fn serve(folder: &Path) -> Router {
    let files = ServeDir::new(located(folder)).fallback(missing.into_service());
    Router::new()
        .fallback_service(files)
        .layer(from_fn(only_public))
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        // Kept, and asked for again each time, which costs a `304`.
        .layer(header(header::CACHE_CONTROL, "no-cache"))
}

/// A folder of the package if cargo runs the program, which it does in whatever folder it was started in itself.
fn located(folder: &Path) -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(|package| Path::new(&package).join(folder))
        .filter(|folder| folder.is_dir())
        .unwrap_or_else(|| folder.to_owned())
}

async fn missing() -> Problem {
    Problem::of(ProblemKind::NotFound)
}

/// Passes on what may be meant for a file: `.git` and `.env` are not for others.
async fn only_public(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && !is_hidden(request.uri()) {
        next.run(request).await
    } else {
        missing().await.into_response()
    }
}

fn is_hidden(uri: &Uri) -> bool {
    let path = percent_decode_str(uri.path()).decode_utf8_lossy();
    path.split(['/', '\\']).any(|segment| segment.starts_with('.'))
}
