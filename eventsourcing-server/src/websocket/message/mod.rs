//! What is said over a connection: JSON objects, each with a `type`.

mod answer;
mod client;
mod query;
mod server;
mod tag;
#[cfg(test)]
mod tests;

pub(super) use answer::Answer;
pub(super) use client::{After, ClientMessage, Credits, Misunderstood};
pub(super) use query::{Asked, Follow};
pub(super) use server::{EndReason, Events, ServerMessage, Success};
pub(super) use tag::Tag;
