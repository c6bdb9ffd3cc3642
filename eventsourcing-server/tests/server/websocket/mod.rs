//! Commands, results and events over a WebSocket.

mod client;
mod closing;
mod commands;
pub(crate) mod guide;
mod handshake;
mod queries;
mod subscriptions;
