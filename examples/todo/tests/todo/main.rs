//! The list of things to do: how long its program is, and what that does over HTTP and in a browser.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this is how tests fail"
)]

mod browser;
mod http;
mod lines;
mod program;
