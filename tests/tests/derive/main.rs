//! What derived code does at run time.

#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

mod command;
mod event;
mod process;
mod stream_key;
