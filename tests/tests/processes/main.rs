//! A service from end to end: its process managers, and the runtime around them.
#![expect(
    unreachable_pub,
    reason = "the service and its parts are written as a library has them"
)]
#![expect(clippy::unwrap_used, reason = "this is how tests fail")]

mod books;
mod deaf;
mod happy;
mod killed;
mod model;
mod money;
mod mortal;
mod parking;
mod refusing;
mod restarting;
mod several;
mod shop;
mod starting;
mod stopping;
mod stores;
mod tenants;
mod trying_again;
mod twins;
mod wire;
mod world;
