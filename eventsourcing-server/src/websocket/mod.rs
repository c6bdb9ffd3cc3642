//! Commands, queries, results and events over one connection that stays open: `/ws`.
//!
//! The protocol is described in the guide, under `docs/guide/websocket.md`. A [`Connection`](connection::Connection) decides
//! what is said and done; it has neither a socket nor a clock, and is tested without. The [shell](socket) around it has both.

mod connection;
mod feeds;
mod limits;
mod message;
mod outcome;
mod socket;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};
use crate::shared::Shared;

use connection::Terms;
pub use limits::WebSocketLimits;
use socket::Socket;

/// The protocol and its version, as a subprotocol of WebSocket.
const PROTOCOL: &str = "eventsourcing.v1";

pub(crate) fn route() -> MethodRouter<Shared> {
    get(
        async |State(shared),
               Extension(identity),
               upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>| {
            accept(
                shared,
                identity,
                upgrade.map_err(|rejection| not_a_websocket(&rejection))?,
            )
        },
    )
}

/// Opens a connection for whoever has asked for it: they are the actor of all its commands.
fn accept(shared: Shared, identity: Identity, upgrade: WebSocketUpgrade) -> Result<Response, Problem> {
    /// Few bytes for each connection that is idle, and enough to read several commands at once.
    const READ_BUFFER: usize = 4 * 1024;
    /// Short messages are sent together.
    const WRITE_BUFFER: usize = 4 * 1024;

    if !speaks_protocol(&upgrade) {
        let detail = format!("offer the subprotocol `{PROTOCOL}` in `Sec-WebSocket-Protocol`");
        return Err(Problem::new(ProblemKind::Malformed, detail));
    }
    let limits = shared.limits().websocket.clone();
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(limits.message_bytes)
        .max_frame_size(limits.message_bytes);
    let terms = Terms {
        service: shared.runtime().name(),
        store: shared.runtime().bus().store().limits(),
        limits,
        expires: identity.expires(),
        identity,
    };
    let lasting = shared.lasting();
    Ok(upgrade.on_upgrade(async move |socket: WebSocket| {
        Socket::new(shared, terms, socket).serve().await;
        drop(lasting);
    }))
}

fn speaks_protocol(upgrade: &WebSocketUpgrade) -> bool {
    upgrade
        .requested_protocols()
        .any(|offered| *offered == HeaderValue::from_static(PROTOCOL))
}

fn not_a_websocket(rejection: &WebSocketUpgradeRejection) -> Problem {
    Problem::new(ProblemKind::Malformed, rejection.body_text())
}
