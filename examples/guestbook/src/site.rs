//! The routes of the application, and below `/api` those of the guest book.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use eventsourcing::Actor;
use eventsourcing::service::Runtime;
use eventsourcing_server::{Identity, Server};
use serde::Deserialize;
use uuid::Uuid;

use crate::guestbook::{EntryId, WriteEntry};
use crate::sessions::{Sessions, identify};

const WELCOME: &str = r#"<!doctype html><title>Museum</title><h1>Welcome to the museum</h1>
<form method="post" action="/sign-in"><label>Who are you? <input name="name"></label><button>Sign in</button></form>
<form method="post" action="/entries"><label>How was it? <input name="text"></label><button>Write</button></form>"#;

/// The whole application.
pub fn site(book: &Runtime) -> Router {
    let sessions = Sessions::default();
    let identify = from_fn_with_state(sessions.clone(), identify);
    let api = Server::new(book.clone()).auth(identify.clone()).router();
    let entries = Router::new()
        .route("/entries", post(write))
        .layer(identify)
        .with_state(book.clone());
    Router::new()
        .route("/", get(Html(WELCOME)))
        .route("/sign-in", post(sign_in))
        .with_state(sessions)
        .merge(entries)
        .nest("/api", api)
}

#[derive(Deserialize)]
struct Visitor {
    name: String,
}

async fn sign_in(
    State(sessions): State<Sessions>,
    Form(visitor): Form<Visitor>,
) -> Result<impl IntoResponse, (StatusCode, String)> {
    let actor = Actor::new(&visitor.name).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    Ok(([(header::SET_COOKIE, sessions.begin(actor))], Redirect::to("/")))
}

#[derive(Deserialize)]
struct Written {
    text: String,
}

/// A form for those who have no JavaScript: the application executes commands itself, too.
async fn write(
    State(book): State<Runtime>,
    visitor: Option<Extension<Identity>>,
    Form(written): Form<Written>,
) -> Result<Redirect, (StatusCode, String)> {
    let visitor = visitor.and_then(|Extension(identity)| identity.actor);
    let nobody = || (StatusCode::UNAUTHORIZED, "nobody is signed in".to_owned());
    let entry = WriteEntry::new(EntryId::from(Uuid::new_v4().to_string()), written.text);
    let done = book.execute(entry).actor(visitor.ok_or_else(nobody)?).await;
    done.map_err(|error| match error.into_rejection() {
        Some(rejection) => (StatusCode::UNPROCESSABLE_ENTITY, rejection.message),
        None => (StatusCode::SERVICE_UNAVAILABLE, "try again later".to_owned()),
    })?;
    Ok(Redirect::to("/"))
}
