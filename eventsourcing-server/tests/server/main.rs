//! The server, from outside: what it answers, and what it does not put up with.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this is how tests fail"
)]

mod anything;
mod app;
mod auth;
mod board;
mod client;
mod commands;
mod files;
mod gate;
mod guards;
mod guide;
mod hostile;
#[cfg(feature = "jwt")]
mod jwt;
mod live;
#[cfg(feature = "schema")]
mod openapi;
mod pages;
mod probes;
#[cfg(feature = "schema")]
mod python;
mod queries;
#[cfg(unix)]
mod running;
#[cfg(feature = "schema")]
mod schemathesis;
mod serving;
mod stores;
#[cfg(all(feature = "schema", feature = "typescript"))]
mod typescript;
mod websocket;
