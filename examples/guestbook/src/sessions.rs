//! Who is signed in. The application has had this before it had a guest book.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use eventsourcing::Actor;
use eventsourcing_server::Identity;
use uuid::Uuid;

/// The sessions, by the names that their cookies have. All see the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<Uuid, Actor>>>);

impl Sessions {
    /// Begins a session, and returns its cookie. This application believes everybody who they are.
    pub(crate) fn begin(&self, visitor: Actor) -> String {
        let session = Uuid::new_v4();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(session, visitor);
        format!("session={session}; Path=/; HttpOnly; SameSite=Strict")
    }

    fn visitor(&self, request: &Request) -> Option<Actor> {
        let cookies = request.headers().get(header::COOKIE)?.to_str().ok()?;
        let mut cookies = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        let (_, session) = cookies.find(|(name, _)| *name == "session")?;
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&session.parse().ok()?).cloned()
    }
}

/// Says who asks, if that is known.
pub(crate) async fn identify(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    if let Some(visitor) = sessions.visitor(&request) {
        request.extensions_mut().insert(Identity::of(visitor));
    }
    next.run(request).await
}
