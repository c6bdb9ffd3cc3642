//! What is said over a connection: JSON objects, each with a `type`.

mod client;
mod server;
mod tag;
#[cfg(test)]
mod tests;

pub(super) use client::{After, ClientMessage, Credits, Misunderstood, Subscribe};
pub(super) use server::{EndReason, Events, ServerMessage, Success};
pub(super) use tag::Tag;
